import type { SQLOutputValue } from 'node:sqlite';
import { type NodeName, parseNodeName } from '../../shared/names/node-name.ts';
import { plainAddress } from '../../shared/names/plain-address.ts';
import type { ConnectionEnd, NodeRecord, NodeState, PlannedOff } from './node-record.ts';
import type { StateStore } from './state-store.ts';

/** The table `nodes`: a row for each node that ever connected. */
export interface FleetStore {
  /** Every node, in no particular order. */
  read(): NodeRecord[];
  /** Writes these nodes as they are now. Call it in a transaction. */
  save(records: Iterable<NodeRecord>): void;
  remove(name: NodeName): void;
}

const SAVE = `
  INSERT INTO nodes (name, log_id, host_name, address, boot_id, version, sleeptime_seconds,
                     state, since_ms, end_how, end_reason, last_seen_ms, segment, offset,
                     off_since_ms, off_until_ms, off_why)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET
    log_id = excluded.log_id, host_name = excluded.host_name, address = excluded.address,
    boot_id = excluded.boot_id, version = excluded.version, sleeptime_seconds = excluded.sleeptime_seconds,
    state = excluded.state, since_ms = excluded.since_ms, end_how = excluded.end_how,
    end_reason = excluded.end_reason, last_seen_ms = excluded.last_seen_ms,
    segment = excluded.segment, offset = excluded.offset,
    off_since_ms = excluded.off_since_ms, off_until_ms = excluded.off_until_ms, off_why = excluded.off_why`;

/** The nodes in the receiver's state on disk. */
export function fleetStore(store: StateStore): FleetStore {
  return {
    read: () => store.database.prepare('SELECT * FROM nodes').all().map(readRecord),
    save(records) {
      const save = store.database.prepare(SAVE);
      for (const record of records) save.run(...toRow(record));
    },
    remove: (name) => void store.database.prepare('DELETE FROM nodes WHERE name = ?').run(name),
  };
}

function toRow(record: NodeRecord): (string | number | null)[] {
  const { state } = record;
  const end = 'end' in state ? state.end : undefined;
  return [
    record.name,
    record.logId,
    record.hostName,
    record.address,
    record.bootId,
    record.version,
    record.sleeptimeSeconds,
    state.kind,
    // The columns are STRICT: a time with a fraction would be refused.
    Math.round(state.sinceMs),
    end?.how ?? null,
    end?.reason ?? null,
    Math.round(record.lastSeenMs),
    record.position?.segment ?? null,
    record.position?.offset ?? null,
    record.plannedOff?.sinceMs ?? null,
    record.plannedOff?.untilMs ?? null,
    record.plannedOff?.why ?? null,
  ];
}

type Row = Record<string, SQLOutputValue>;

function readRecord(row: Row): NodeRecord {
  const [segment, offset] = [row['segment'], row['offset']];
  return {
    name: nameOf(row),
    logId: String(row['log_id']),
    hostName: String(row['host_name']),
    // An earlier version wrote down what the socket called it.
    address: plainAddress(String(row['address'])),
    bootId: String(row['boot_id']),
    version: String(row['version']),
    sleeptimeSeconds: Number(row['sleeptime_seconds']),
    state: readState(row),
    lastSeenMs: Number(row['last_seen_ms']),
    position: typeof segment === 'number' && typeof offset === 'number' ? { segment, offset } : undefined,
    plannedOff: readPlan(row),
  };
}

function readPlan(row: Row): PlannedOff | undefined {
  const [sinceMs, untilMs] = [row['off_since_ms'], row['off_until_ms']];
  if (typeof sinceMs !== 'number') return undefined;
  return {
    sinceMs,
    untilMs: typeof untilMs === 'number' ? untilMs : undefined,
    why: String(row['off_why'] ?? ''),
  };
}

function nameOf(row: Row): NodeName {
  return parseNodeName(String(row['name']));
}

function readState(row: Row): NodeState {
  const sinceMs = Number(row['since_ms']);
  switch (row['state']) {
    case 'late':
      return { kind: 'late', sinceMs, end: readEnd(row) };
    case 'down':
      return { kind: 'down', sinceMs, end: readEnd(row) };
    case 'unknown':
      return { kind: 'unknown', sinceMs };
    case 'planned_off':
      return { kind: 'planned_off', sinceMs };
    default:
      return { kind: 'up', sinceMs };
  }
}

function readEnd(row: Row): ConnectionEnd {
  const reason = row['end_reason'];
  // Written by this file alone, from the same union.
  const how = String(row['end_how']) as ConnectionEnd['how'];
  return { how, reason: typeof reason === 'string' ? reason : undefined };
}
