import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../../shared/errors/errors.ts';
import { findObstacle } from '../../shared/files/find-obstacle.ts';
import { newerFormat } from '../../shared/files/newer-format.ts';

/**
 * The schema, one step for each version; `user_version` counts the steps taken. A step that was released is never
 * edited. What each table means is said in the store that reads it.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

   CREATE TABLE nodes (
     name TEXT PRIMARY KEY,
     log_id TEXT NOT NULL,
     host_name TEXT NOT NULL,
     address TEXT NOT NULL,
     boot_id TEXT NOT NULL,
     version TEXT NOT NULL,
     sleeptime_seconds REAL NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('up', 'late', 'down', 'unknown')),
     since_ms INTEGER NOT NULL,
     end_how TEXT,
     end_reason TEXT,
     last_seen_ms INTEGER NOT NULL,
     segment INTEGER,
     offset INTEGER
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE threads (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     subject TEXT NOT NULL,
     messages INTEGER NOT NULL
   ) STRICT;

   CREATE TABLE incidents (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     key TEXT NOT NULL,
     rule TEXT NOT NULL,
     node TEXT,
     severity TEXT NOT NULL,
     title TEXT NOT NULL,
     detail TEXT NOT NULL,
     opened_ms INTEGER NOT NULL,
     ended_ms INTEGER,
     told TEXT NOT NULL CHECK (told IN ('nothing', 'opening', 'end')),
     thread INTEGER REFERENCES threads (id)
   ) STRICT;
   CREATE UNIQUE INDEX incidents_open ON incidents (key) WHERE ended_ms IS NULL;
   CREATE INDEX incidents_key ON incidents (key);
   CREATE INDEX incidents_untold ON incidents (told) WHERE told <> 'end';

   CREATE TABLE outbox (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     thread INTEGER,
     recipient TEXT NOT NULL,
     message_id TEXT NOT NULL,
     mail TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'given_up')),
     queued_ms INTEGER NOT NULL,
     attempts INTEGER NOT NULL,
     due_ms INTEGER NOT NULL,
     done_ms INTEGER,
     error TEXT
   ) STRICT;
   CREATE INDEX outbox_pending ON outbox (due_ms) WHERE state = 'pending';
   CREATE INDEX outbox_thread ON outbox (thread, recipient, id) WHERE state = 'pending';`,

  `CREATE TABLE credentials (
     id TEXT PRIMARY KEY,
     node TEXT NOT NULL UNIQUE,
     stored_key BLOB NOT NULL,
     server_key BLOB NOT NULL,
     code TEXT NOT NULL,
     installation TEXT NOT NULL,
     made_ms INTEGER NOT NULL,
     used_ms INTEGER,
     revoked_ms INTEGER,
     revoked_why TEXT,
     next_name TEXT,
     trusts TEXT
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE join_codes (
     id TEXT PRIMARY KEY,
     stored_key BLOB NOT NULL,
     server_key BLOB NOT NULL,
     node TEXT,
     uses INTEGER NOT NULL,
     used INTEGER NOT NULL,
     made_ms INTEGER NOT NULL,
     expires_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,

  `ALTER TABLE incidents ADD COLUMN firing INTEGER NOT NULL DEFAULT 1;
   ALTER TABLE incidents ADD COLUMN changed_ms INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE incidents ADD COLUMN fires TEXT NOT NULL DEFAULT '[]';
   ALTER TABLE incidents ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
   ALTER TABLE incidents ADD COLUMN flapping INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE incidents ADD COLUMN flapping_told INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE incidents ADD COLUMN told_severity TEXT;
   ALTER TABLE incidents ADD COLUMN told_ms INTEGER;
   ALTER TABLE incidents ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE incidents ADD COLUMN acked_ms INTEGER;
   ALTER TABLE incidents ADD COLUMN acked_by TEXT;
   ALTER TABLE incidents ADD COLUMN ack_note TEXT;
   ALTER TABLE incidents ADD COLUMN silence INTEGER;
   ALTER TABLE incidents ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE incidents ADD COLUMN recipients TEXT;
   UPDATE incidents SET told = 'end', firing = 0 WHERE ended_ms IS NOT NULL;
   UPDATE incidents SET changed_ms = coalesce(ended_ms, opened_ms);
   UPDATE incidents SET told_severity = severity, told_ms = opened_ms WHERE told <> 'nothing';
   DROP INDEX incidents_untold;
   CREATE INDEX incidents_thread ON incidents (thread);

   CREATE TABLE silences (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     pattern TEXT NOT NULL,
     why TEXT NOT NULL,
     by TEXT NOT NULL,
     begins_ms INTEGER NOT NULL,
     ends_ms INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX silences_end ON silences (ends_ms);

   CREATE TABLE nodes_with_plans (
     name TEXT PRIMARY KEY,
     log_id TEXT NOT NULL,
     host_name TEXT NOT NULL,
     address TEXT NOT NULL,
     boot_id TEXT NOT NULL,
     version TEXT NOT NULL,
     sleeptime_seconds REAL NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('up', 'late', 'down', 'unknown', 'planned_off')),
     since_ms INTEGER NOT NULL,
     end_how TEXT,
     end_reason TEXT,
     last_seen_ms INTEGER NOT NULL,
     segment INTEGER,
     offset INTEGER,
     off_since_ms INTEGER,
     off_until_ms INTEGER,
     off_why TEXT
   ) STRICT, WITHOUT ROWID;
   INSERT INTO nodes_with_plans SELECT *, NULL, NULL, NULL FROM nodes;
   DROP TABLE nodes;
   ALTER TABLE nodes_with_plans RENAME TO nodes;`,

  `ALTER TABLE threads ADD COLUMN recipients TEXT;
   ALTER TABLE outbox ADD COLUMN channel TEXT NOT NULL DEFAULT 'mail';
   ALTER TABLE outbox ADD COLUMN is_digest INTEGER NOT NULL DEFAULT 0;
   DROP INDEX outbox_pending;
   DROP INDEX outbox_thread;
   CREATE INDEX outbox_pending ON outbox (channel, due_ms) WHERE state = 'pending';
   CREATE INDEX outbox_thread ON outbox (channel, thread, recipient, id) WHERE state = 'pending';`,

  `CREATE TABLE users (
     name TEXT PRIMARY KEY,
     role TEXT NOT NULL CHECK (role IN ('admin', 'viewer')),
     password TEXT NOT NULL,
     made_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE sessions (
     hash BLOB PRIMARY KEY,
     user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
     csrf TEXT NOT NULL,
     made_ms INTEGER NOT NULL,
     seen_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE api_tokens (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL,
     role TEXT NOT NULL CHECK (role IN ('admin', 'viewer')),
     hash BLOB NOT NULL UNIQUE,
     made_ms INTEGER NOT NULL,
     used_ms INTEGER
   ) STRICT;`,
];

/** How long a write waits for another process to finish its own, ms; commands only read, so nobody waits in practice. */
const BUSY_MS = 5_000;

/** The receiver's state on disk: one SQLite file, one connection, shared by the stores. */
export interface StateStore extends Disposable {
  readonly database: DatabaseSync;
  /**
   * Runs `work` in a transaction: durable when this returns, undone when it throws. Inside a transaction it joins that
   * one. `work` is synchronous, so nothing else can slip in between.
   */
  transaction<T>(work: () => T): T;
}

/**
 * Opens `fleet.db` in the data directory, and makes it or brings it up to the present schema where needed. WAL with
 * `synchronous = FULL`: a transaction that returned survives a power cut. One process at a time may have it open for
 * writing, which the lock of the data directory ensures.
 *
 * @throws UserError `DIRECTORY_UNUSABLE` when it cannot be opened or is damaged, `FORMAT_NEWER` when a newer version made it
 */
export function openStateStore(directory: string): StateStore {
  const path = join(directory, 'fleet.db');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_MS });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    refuseNewer(database, path);
    migrate(database);
    return stateStore(database);
  } catch (cause) {
    database?.close();
    throw explain(cause, path);
  }
}

/**
 * Opens `fleet.db` for reading, whether a receiver works on it or not; undefined when there is none.
 *
 * @throws UserError `DIRECTORY_UNUSABLE` as {@link openStateStore}
 */
export function openStateStoreToRead(directory: string): StateStore | undefined {
  const path = join(directory, 'fleet.db');
  if (!existsSync(path)) return undefined;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
    refuseNewer(database, path);
    if (readVersion(database) < MIGRATIONS.length) {
      database.close();
      return undefined;
    }
    return stateStore(database);
  } catch (cause) {
    if (database?.isOpen === true) database.close();
    throw explain(cause, path);
  }
}

function stateStore(database: DatabaseSync): StateStore {
  return {
    database,
    transaction(work) {
      if (database.isTransaction) return work();
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        // SQLite has rolled back by itself after a full disk or an I/O error.
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    [Symbol.dispose]() {
      if (database.isOpen) database.close();
    },
  };
}

function readVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

function refuseNewer(database: DatabaseSync, path: string): void {
  const version = readVersion(database);
  if (version <= MIGRATIONS.length) return;
  throw newerFormat(path, { format: version, known: MIGRATIONS.length });
}

function migrate(database: DatabaseSync): void {
  const store = stateStore(database);
  MIGRATIONS.slice(readVersion(database)).forEach((step) => {
    store.transaction(() => {
      database.exec(step);
      database.exec(`PRAGMA user_version = ${readVersion(database) + 1}`);
    });
  });
}

function explain(error: unknown, path: string): unknown {
  if (error instanceof UserError) return error;
  return new UserError('DIRECTORY_UNUSABLE', `cannot open ${path}`, {
    cause: findObstacle(dirname(path), error),
    hint: 'It holds the state of the nodes and unsent mail, no logs. If it is damaged, move it away and start again.',
  });
}
