import type { SQLOutputValue } from 'node:sqlite';
import type { StateStore } from '../../fleet/state-store.ts';

/** Silences that are over of which so many are kept, the newest. */
const KEPT_SILENCES = 1_000;

/** A time in which what matches is not told. */
export interface Silence {
  readonly id: number;
  /** See matches-pattern.ts. */
  readonly pattern: string;
  /** In the words of whoever wanted it; may be empty. */
  readonly why: string;
  readonly by: string;
  /** ms since 1970. */
  readonly beginsMs: number;
  /** ms since 1970. */
  readonly endsMs: number;
}

/** The table `silences`. */
export interface SilenceStore {
  /** Those that end later than this, oldest first. */
  endingAfter(ms: number): Silence[];
  /** The newest, newest first. */
  newest(limit: number): Silence[];
  insert(silence: Omit<Silence, 'id'>): Silence;
  /** Ends one that lasts; false when there is none. */
  end(id: number, atMs: number): boolean;
}

const PRUNE = `
  DELETE FROM silences WHERE ends_ms < ? AND id <= (SELECT max(id) FROM silences) - ${KEPT_SILENCES}`;

/** The silences in the receiver's state on disk. */
export function silenceStore({ database }: StateStore): SilenceStore {
  return {
    endingAfter: (ms) =>
      database.prepare('SELECT * FROM silences WHERE ends_ms > ? ORDER BY id').all(ms).map(readSilence),
    newest: (limit) =>
      database.prepare('SELECT * FROM silences ORDER BY id DESC LIMIT ?').all(limit).map(readSilence),
    insert(silence) {
      const { pattern, why, by, beginsMs, endsMs } = silence;
      database.prepare(PRUNE).run(beginsMs);
      const { lastInsertRowid } = database
        .prepare('INSERT INTO silences (pattern, why, by, begins_ms, ends_ms) VALUES (?, ?, ?, ?, ?)')
        .run(pattern, why, by, beginsMs, endsMs);
      return { ...silence, id: Number(lastInsertRowid) };
    },
    end: (id, atMs) =>
      database.prepare('UPDATE silences SET ends_ms = ? WHERE id = ? AND ends_ms > ?').run(atMs, id, atMs)
        .changes === 1,
  };
}

function readSilence(row: Record<string, SQLOutputValue>): Silence {
  return {
    id: Number(row['id']),
    pattern: String(row['pattern']),
    why: String(row['why']),
    by: String(row['by']),
    beginsMs: Number(row['begins_ms']),
    endsMs: Number(row['ends_ms']),
  };
}
