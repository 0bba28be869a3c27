import type { z } from 'zod';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { Credential } from '../admission/credential-store.ts';
import type { NodeRecord } from '../fleet/node-record.ts';
import type { LatestSample } from '../history/history.ts';
import { roundValue } from '../history/round-value.ts';
import { SPARKLINE_SERIES } from '../history/sparklines.ts';
import type { latest, nodeInfo, nodeState } from './contract/fleet.ts';
import type { WebPorts } from './ports.ts';

type NodeInfo = z.input<typeof nodeInfo>;

/** All nodes: those that have connected, then those that may and have not. */
export function describeFleet(ports: WebPorts): readonly NodeInfo[] {
  const credentials = new Map(ports.admission.credentials().map((one) => [one.node, one]));
  const firing = countFiring(ports);
  const records = ports.fleet.nodes();
  const known = new Set(records.map(({ name }) => name));
  return [
    ...records.map((record) => describeRecord(record, credentials.get(record.name), firing, ports)),
    ...[...credentials.values()].filter(({ node }) => !known.has(node)).map(describeNewcomer),
  ];
}

/** One node; undefined when there is none of that name. */
export function describeOne(name: NodeName, ports: WebPorts): NodeInfo | undefined {
  const credential = ports.admission.credentials().find(({ node }) => node === name);
  const record = ports.fleet.node(name);
  if (record !== undefined) return describeRecord(record, credential, countFiring(ports), ports);
  return credential === undefined ? undefined : describeNewcomer(credential);
}

/** The state of a node in the words of the contract. */
export function stateOf(record: NodeRecord, credential: Credential | undefined): z.input<typeof nodeState> {
  if (credential?.revoked !== undefined) return 'revoked';
  const { kind } = record.state;
  return kind === 'planned_off' ? 'planned-off' : kind;
}

/** What the pages show of a sample as it comes; the rest is asked for. */
const SHOWN: ReadonlySet<string> = new Set([...SPARKLINE_SERIES, 'uptime']);

/** The newest sample of a node: what is shown of it, with as many digits as anybody looks at. */
export function describeLatest(sample: LatestSample | undefined): z.input<typeof latest> | null {
  if (sample === undefined) return null;
  const values = Object.entries(sample.values)
    .filter(([name]) => SHOWN.has(name))
    .map(([name, value]) => [name, roundValue(value)] as const);
  return { atMs: sample.atMs, values: Object.fromEntries(values) };
}

function describeRecord(
  record: NodeRecord,
  credential: Credential | undefined,
  firing: ReadonlyMap<string, number>,
  { history, ingest, tagsOf }: WebPorts,
): NodeInfo {
  const { name, state, hostName, address, version } = record;
  const sample = history?.latest().get(name);
  return {
    ...{ name, hostName, address, version },
    state: stateOf(record, credential),
    sinceMs: credential?.revoked?.sinceMs ?? state.sinceMs,
    tags: [...tagsOf(name)],
    connected: ingest.connected().has(name),
    end: 'end' in state ? state.end.reason : undefined,
    uptimeSeconds: sample?.values['uptime'],
    latest: describeLatest(sample),
    firing: firing.get(name) ?? 0,
  };
}

function describeNewcomer({ node, revoked, madeMs }: Credential): NodeInfo {
  return {
    ...{ name: node, hostName: '', address: '', version: '', tags: [], connected: false, firing: 0 },
    state: revoked === undefined ? 'unknown' : 'revoked',
    sinceMs: revoked?.sinceMs ?? madeMs,
    end: 'it has joined, and never connected',
    latest: null,
  };
}

function countFiring({ alerts }: WebPorts): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { node } of alerts.incidents.open()) {
    if (node !== undefined) counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return counts;
}
