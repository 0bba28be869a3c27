import type { SQLOutputValue } from 'node:sqlite';
import { type NodeName, parseNodeName } from '../../../shared/names/node-name.ts';
import type { StateStore } from '../../fleet/state-store.ts';
import type { Acknowledgement, Incident, NewIncident, Severity, Told } from './incident.ts';

/** Incidents that are over of which so many are kept at most, the newest; what an age alone would not bound. */
const KEPT_INCIDENTS = 20_000;

/** The table `incidents`. Every change belongs into the transaction that queues its message. */
export interface IncidentStore {
  /** Those that are not over, or whose end was not told; oldest first. */
  open(): Incident[];
  /** The newest with this key, open or not. */
  latest(key: string): Incident | undefined;
  find(id: number): Incident | undefined;
  /** The newest, newest first. */
  history(limit: number): Incident[];
  /** How many of a rule are open. */
  countOpen(rule: Incident['rule']): number;
  insert(incident: NewIncident): Incident;
  /** Writes what may change of an open incident. */
  save(incident: Incident): void;
  /** Drops what was over before this moment, ms since 1970. */
  prune(beforeMs: number): void;
}

const INSERT = `
  INSERT INTO incidents (key, rule, node, opened_ms, recipients, severity, title, detail, ended_ms, told, thread, firing, changed_ms,
    fires, count, flapping, flapping_told, told_severity, told_ms, reminders, acked_ms, acked_by, ack_note, silence, held)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const SAVE = `
  UPDATE incidents SET severity = ?, title = ?, detail = ?, ended_ms = ?, told = ?, thread = ?, firing = ?, changed_ms = ?,
    fires = ?, count = ?, flapping = ?, flapping_told = ?, told_severity = ?, told_ms = ?, reminders = ?,
    acked_ms = ?, acked_by = ?, ack_note = ?, silence = ?, held = ?
  WHERE id = ? AND ended_ms IS NULL`;

const PRUNE = `
  DELETE FROM incidents WHERE ended_ms IS NOT NULL
  AND (ended_ms < ? OR id <= (SELECT max(id) FROM incidents) - ${KEPT_INCIDENTS})`;

/** The incidents in the receiver's state on disk. */
export function incidentStore(store: StateStore): IncidentStore {
  const { database } = store;
  const open = database.prepare('SELECT * FROM incidents WHERE ended_ms IS NULL ORDER BY id');
  const latest = database.prepare('SELECT * FROM incidents WHERE key = ? ORDER BY id DESC LIMIT 1');
  const countOpen = database.prepare(
    'SELECT count(*) AS n FROM incidents WHERE ended_ms IS NULL AND rule = ?',
  );
  return {
    open: () => open.all().map(readIncident),
    latest: (key) => readOne(latest.get(key)),
    find: (id) => readOne(database.prepare('SELECT * FROM incidents WHERE id = ?').get(id)),
    history: (limit) =>
      database.prepare('SELECT * FROM incidents ORDER BY id DESC LIMIT ?').all(limit).map(readIncident),
    countOpen: (rule) => Number(countOpen.get(rule)?.['n']),
    insert(incident) {
      const { key, rule, node = null, openedMs, to } = incident;
      const recipients = to === undefined ? null : JSON.stringify(to);
      const { lastInsertRowid } = database
        .prepare(INSERT)
        .run(key, rule, node, Math.round(openedMs), recipients, ...changingColumns(incident));
      return { ...incident, id: Number(lastInsertRowid) };
    },
    save(incident) {
      const { changes } = database.prepare(SAVE).run(...changingColumns(incident), incident.id);
      if (changes !== 1) throw new Error(`incident ${incident.id} is over and cannot change`);
    },
    prune: (beforeMs) => void database.prepare(PRUNE).run(Math.round(beforeMs)),
  };
}

/** In the order in which both statements name them. */
function changingColumns(incident: NewIncident): (string | number | null)[] {
  const { acknowledged } = incident;
  return [
    incident.severity,
    incident.title,
    incident.detail,
    toMs(incident.endedMs),
    incident.told,
    incident.threadId ?? null,
    Number(incident.isFiring),
    Math.round(incident.changedMs),
    JSON.stringify(incident.fires.map(Math.round)),
    incident.count,
    Number(incident.isFlapping),
    Number(incident.isFlappingTold),
    incident.toldSeverity ?? null,
    toMs(incident.toldMs),
    incident.reminders,
    toMs(acknowledged?.atMs),
    acknowledged?.by ?? null,
    acknowledged?.note ?? null,
    incident.silenceId ?? null,
    Number(incident.isHeld),
  ];
}

/** The columns are STRICT: a time with a fraction would be refused. */
function toMs(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}

type Row = Record<string, SQLOutputValue>;

function readOne(row: Row | undefined): Incident | undefined {
  return row === undefined ? undefined : readIncident(row);
}

/** Written by this file alone, from the same unions. */
function readIncident(row: Row): Incident {
  return {
    id: Number(row['id']),
    key: String(row['key']),
    rule: String(row['rule']) as Incident['rule'],
    node: readNode(row['node']),
    severity: String(row['severity']) as Severity,
    title: String(row['title']),
    detail: String(row['detail']),
    to: readRecipients(row['recipients']),
    openedMs: Number(row['opened_ms']),
    endedMs: numberOf(row['ended_ms']),
    told: String(row['told']) as Told,
    threadId: numberOf(row['thread']),
    isFiring: row['firing'] === 1,
    changedMs: Number(row['changed_ms']),
    fires: JSON.parse(String(row['fires'])) as number[],
    count: Number(row['count']),
    isFlapping: row['flapping'] === 1,
    isFlappingTold: row['flapping_told'] === 1,
    toldSeverity: textOf(row['told_severity']) as Severity | undefined,
    toldMs: numberOf(row['told_ms']),
    reminders: Number(row['reminders']),
    acknowledged: readAcknowledgement(row),
    silenceId: numberOf(row['silence']),
    isHeld: row['held'] === 1,
  };
}

function readAcknowledgement(row: Row): Acknowledgement | undefined {
  const atMs = numberOf(row['acked_ms']);
  if (atMs === undefined) return undefined;
  return { atMs, by: textOf(row['acked_by']) ?? '', note: textOf(row['ack_note']) ?? '' };
}

function readRecipients(value: SQLOutputValue | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? (JSON.parse(value) as string[]) : undefined;
}

function readNode(value: SQLOutputValue | undefined): NodeName | undefined {
  return typeof value === 'string' ? parseNodeName(value) : undefined;
}

function numberOf(value: SQLOutputValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function textOf(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
