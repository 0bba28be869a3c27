import type { NodeRecord } from './fleet/node-record.ts';

/** A node as `nodes --json` and `status --json` show it. Times are RFC 3339 in UTC. */
export interface NodeStatus {
  readonly node: string;
  readonly state: NodeRecord['state']['kind'];
  /** Of the state. */
  readonly since: string;
  readonly host_name: string;
  readonly address: string;
  readonly version: string;
  readonly log: string;
  readonly last_seen: string;
  /** How far the receiver's copy is; null before the first byte. */
  readonly segment: number | null;
  readonly offset: number | null;
}

/** Puts a node into the words of the command line. */
export function describeNode(record: NodeRecord): NodeStatus {
  return {
    node: record.name,
    state: record.state.kind,
    since: new Date(record.state.sinceMs).toISOString(),
    host_name: record.hostName,
    address: record.address,
    version: record.version,
    log: record.logId,
    last_seen: new Date(record.lastSeenMs).toISOString(),
    segment: record.position?.segment ?? null,
    offset: record.position?.offset ?? null,
  };
}
