import type { NodeName } from '../shared/names/node-name.ts';
import type { Credential } from './admission/credential-store.ts';
import type { NodeRecord } from './fleet/node-record.ts';

/** A node as `nodes --json` and `status --json` show it. Times are RFC 3339 in UTC. */
export interface NodeStatus {
  readonly node: string;
  /** `joined`: it has a credential and has not connected yet; `revoked`: it may not connect. */
  readonly state: NodeRecord['state']['kind'] | 'joined' | 'revoked';
  /** Of the state. */
  readonly since: string;
  /** Why it was revoked, what it is to be called, or until when it is planned to be off; null as a rule. */
  readonly note: string | null;
  /** The rest is null before it has connected. */
  readonly host_name: string | null;
  readonly address: string | null;
  readonly version: string | null;
  readonly log: string | null;
  readonly last_seen: string | null;
  /** How far the receiver's copy is; null before the first byte. */
  readonly segment: number | null;
  readonly offset: number | null;
}

/** Puts the nodes into the words of the command line: those that have connected, then those that may. */
export function describeNodes(
  records: readonly NodeRecord[],
  credentials: readonly Credential[],
): readonly NodeStatus[] {
  const byNode = new Map<NodeName, Credential>(
    credentials.map((credential) => [credential.node, credential]),
  );
  const known = new Set(records.map(({ name }) => name));
  return [
    ...records.map((record) => describeNode(record, byNode.get(record.name))),
    ...credentials.filter(({ node }) => !known.has(node)).map(describeNewcomer),
  ];
}

function describeNode(record: NodeRecord, credential: Credential | undefined): NodeStatus {
  const revoked = credential?.revoked;
  return {
    node: record.name,
    state: revoked === undefined ? record.state.kind : 'revoked',
    since: timeOf(revoked?.sinceMs ?? record.state.sinceMs),
    note: noteOf(credential) ?? planOf(record),
    host_name: record.hostName,
    address: record.address,
    version: record.version,
    log: record.logId,
    last_seen: timeOf(record.lastSeenMs),
    segment: record.position?.segment ?? null,
    offset: record.position?.offset ?? null,
  };
}

function describeNewcomer(credential: Credential): NodeStatus {
  const { node, revoked, madeMs } = credential;
  return {
    node,
    state: revoked === undefined ? 'joined' : 'revoked',
    since: timeOf(revoked?.sinceMs ?? madeMs),
    note: noteOf(credential),
    host_name: null,
    address: null,
    version: null,
    log: null,
    last_seen: null,
    segment: null,
    offset: null,
  };
}

function noteOf(credential: Credential | undefined): string | null {
  if (credential?.revoked !== undefined) return credential.revoked.why === '' ? null : credential.revoked.why;
  return credential?.nextName === undefined ? null : `is to be called ${credential.nextName}`;
}

function planOf({ plannedOff, state }: NodeRecord): string | null {
  if (plannedOff === undefined) return null;
  const { untilMs, why } = plannedOff;
  const what = state.kind === 'planned_off' ? 'planned off' : 'will be off';
  const until = untilMs === undefined ? '' : ` until ${timeOf(untilMs)}`;
  return `${what}${until}${why === '' ? '' : `: ${why}`}`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
