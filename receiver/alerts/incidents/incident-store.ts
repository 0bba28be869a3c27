import type { SQLOutputValue } from 'node:sqlite';
import { type NodeName, parseNodeName } from '../../../shared/names/node-name.ts';
import type { StateStore } from '../../fleet/state-store.ts';
import type { Incident, Severity, Told } from './incident.ts';

/** Incidents that are over and told of which so many are kept, the newest. */
const KEPT_INCIDENTS = 5_000;

/** A new incident, not yet numbered. */
export type NewIncident = Omit<Incident, 'id'>;

/** The table `incidents`. Every change belongs into the transaction that queues its message. */
export interface IncidentStore {
  /** Incidents of a rule of which the administrator does not yet know the end, oldest first. */
  unfinished(rule: Incident['rule']): Incident[];
  /** Whether an incident with this key is open, or began at or after `sinceMs`. */
  exists(key: string, sinceMs: number): boolean;
  /** How many of a rule are open or not yet told. */
  countOpen(rule: Incident['rule']): number;
  insert(incident: NewIncident): Incident;
  /** Ends the open incident with this key; false when there is none. */
  end(key: string, endedMs: number): boolean;
  /** Notes what was told, and in which thread. Never takes anything back. */
  markTold(id: number, told: Exclude<Told, 'nothing'>, threadId: number): void;
}

const MARK_TOLD = `
  UPDATE incidents SET told = :told, thread = coalesce(thread, :thread)
  WHERE id = :id AND (told = 'nothing' OR (told = 'opening' AND :told = 'end'))`;

const PRUNE = `
  DELETE FROM incidents WHERE told = 'end' AND ended_ms IS NOT NULL
  AND id <= (SELECT max(id) FROM incidents) - ${KEPT_INCIDENTS}`;

const INSERT = `
  INSERT INTO incidents (key, rule, node, severity, title, detail, opened_ms, ended_ms, told, thread)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The incidents in the receiver's state on disk. */
export function incidentStore(store: StateStore): IncidentStore {
  const { database } = store;
  const insert = database.prepare(INSERT);
  const exists = database.prepare(
    'SELECT 1 FROM incidents WHERE key = ? AND (ended_ms IS NULL OR opened_ms >= ?) LIMIT 1',
  );
  const markTold = database.prepare(MARK_TOLD);
  return {
    unfinished: (rule) =>
      database
        .prepare(`SELECT * FROM incidents WHERE told <> 'end' AND rule = ? ORDER BY id`)
        .all(rule)
        .map(readIncident),
    exists: (key, sinceMs) => exists.get(key, sinceMs) !== undefined,
    countOpen: (rule) =>
      Number(
        database
          .prepare(
            `SELECT count(*) AS n FROM incidents WHERE rule = ? AND (ended_ms IS NULL OR told = 'nothing')`,
          )
          .get(rule)?.['n'],
      ),
    insert(incident) {
      database.exec(PRUNE);
      const { lastInsertRowid } = insert.run(
        incident.key,
        incident.rule,
        incident.node ?? null,
        incident.severity,
        incident.title,
        incident.detail,
        Math.round(incident.openedMs),
        incident.endedMs === undefined ? null : Math.round(incident.endedMs),
        incident.told,
        incident.threadId ?? null,
      );
      return { ...incident, id: Number(lastInsertRowid) };
    },
    end: (key, endedMs) =>
      database
        .prepare('UPDATE incidents SET ended_ms = ? WHERE key = ? AND ended_ms IS NULL')
        .run(Math.round(endedMs), key).changes === 1,
    markTold: (id, told, thread) => void markTold.run({ id, told, thread }),
  };
}

function readIncident(row: Record<string, SQLOutputValue>): Incident {
  return {
    id: Number(row['id']),
    key: String(row['key']),
    // Written by this file alone, from the same unions.
    rule: String(row['rule']) as Incident['rule'],
    node: readNode(row['node']),
    severity: String(row['severity']) as Severity,
    title: String(row['title']),
    detail: String(row['detail']),
    openedMs: Number(row['opened_ms']),
    endedMs: typeof row['ended_ms'] === 'number' ? row['ended_ms'] : undefined,
    told: String(row['told']) as Told,
    threadId: typeof row['thread'] === 'number' ? row['thread'] : undefined,
  };
}

function readNode(value: SQLOutputValue | undefined): NodeName | undefined {
  return typeof value === 'string' ? parseNodeName(value) : undefined;
}
