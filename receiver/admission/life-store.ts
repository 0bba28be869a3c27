import type { SQLOutputValue } from 'node:sqlite';
import type { StateStore } from '../fleet/state-store.ts';

/** One run of a sender, or of its machine where the sender does not tell its runs apart. */
export interface Life {
  /** A UUID of the sender's process; undefined for 0.1.0, which does not say it. */
  readonly instance: string | undefined;
  readonly bootId: string;
  readonly hostName: string;
  readonly address: string;
  /** When it was first seen. */
  readonly firstMs: number;
  /** Whether it is known to be a copy of a machine that was seen earlier. */
  readonly isTwin: boolean;
}

/** Lives of one credential that are remembered, the newest. */
const MAX_LIVES = 20;

/** The table `lives`: which machines connected with a credential. */
export interface LifeStore {
  /** The lives of a credential, the one seen first at the beginning. */
  of(credential: string): readonly Life[];
  /** Remembers a life, or what has changed about it. */
  save(credential: string, life: Life): void;
}

// No step of the schema: an earlier version, which does not look at this table, can still open the file.
const TABLE = `
  CREATE TABLE IF NOT EXISTS lives (
    credential TEXT NOT NULL,
    key TEXT NOT NULL,
    instance TEXT,
    boot_id TEXT NOT NULL,
    host_name TEXT NOT NULL,
    address TEXT NOT NULL,
    first_ms INTEGER NOT NULL,
    is_twin INTEGER NOT NULL,
    PRIMARY KEY (credential, key)
  ) STRICT, WITHOUT ROWID`;

const SAVE = `
  INSERT OR REPLACE INTO lives (credential, key, instance, boot_id, host_name, address, first_ms, is_twin)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

const FORGET_OLDEST = `
  DELETE FROM lives WHERE credential = ?1 AND key IN
    (SELECT key FROM lives WHERE credential = ?1 ORDER BY first_ms DESC LIMIT -1 OFFSET ${MAX_LIVES})`;

/** Those of credentials that are no more. */
const FORGET_ORPHANS = 'DELETE FROM lives WHERE credential NOT IN (SELECT id FROM credentials)';

/** The lives in the receiver's state on disk. */
export function lifeStore({ database }: StateStore): LifeStore {
  database.exec(`${TABLE}; ${FORGET_ORPHANS}`);
  return {
    of: (credential) =>
      database
        .prepare('SELECT * FROM lives WHERE credential = ? ORDER BY first_ms')
        .all(credential)
        .map(readRow),
    save(credential, { instance, bootId, hostName, address, firstMs, isTwin }) {
      const key = instance ?? `${bootId} ${hostName}`;
      const facts = [key, instance ?? null, bootId, hostName, address, Math.round(firstMs), Number(isTwin)];
      database.prepare(SAVE).run(credential, ...facts);
      database.prepare(FORGET_OLDEST).run(credential);
    },
  };
}

function readRow(row: Record<string, SQLOutputValue>): Life {
  const instance = row['instance'];
  return {
    instance: typeof instance === 'string' ? instance : undefined,
    bootId: String(row['boot_id']),
    hostName: String(row['host_name']),
    address: String(row['address']),
    firstMs: Number(row['first_ms']),
    isTwin: row['is_twin'] === 1,
  };
}
