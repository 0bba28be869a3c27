import type { StateStore } from '../fleet/state-store.ts';

/** The owner of a log that lies here and belongs to no credential; an administrator may give it to one. */
export const NOBODY = '';

/** Logs of one credential that are remembered; beyond, the oldest is forgotten. Each has files here as well. */
const MAX_LOGS = 1000;

/**
 * The table `log_owners`: which credential writes a log, and so may have it back.
 *
 * An id of a log is no secret, so it proves nothing. The first credential that connects with a log owns it from then on.
 */
export interface LogOwnerStore {
  /** The id of the credential that owns a log, {@link NOBODY}, or undefined when the log is new here. */
  ownerOf(log: string): string | undefined;
  /** The logs of a credential, the newest last. */
  logsOf(credential: string): readonly string[];
  /** Gives a log to a credential, unless it has an owner. */
  claim(log: string, credential: string, nowMs: number): void;
  /** Gives a log to a credential, whoever owned it before. */
  give(log: string, credential: string, nowMs: number): void;
  /** Gives all logs of one credential to another. */
  passOn(from: string, to: string): void;
}

// No step of the schema: an earlier version, which does not look at this table, can still open the file.
const TABLE = `
  CREATE TABLE IF NOT EXISTS log_owners (
    log TEXT PRIMARY KEY,
    credential TEXT NOT NULL,
    since_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS log_owners_credential ON log_owners (credential, since_ms);`;

const FORGET_OLDEST = `
  DELETE FROM log_owners WHERE log IN
    (SELECT log FROM log_owners WHERE credential = ? ORDER BY since_ms DESC, log DESC LIMIT -1 OFFSET ${MAX_LOGS})`;

/** The owners of logs in the receiver's state on disk. Call what writes in a transaction. */
export function logOwnerStore({ database }: StateStore): LogOwnerStore {
  database.exec(TABLE);

  function write(how: 'IGNORE' | 'REPLACE', log: string, credential: string, nowMs: number): void {
    database
      .prepare(`INSERT OR ${how} INTO log_owners (log, credential, since_ms) VALUES (?, ?, ?)`)
      .run(log, credential, Math.round(nowMs));
    if (credential !== NOBODY) database.prepare(FORGET_OLDEST).run(credential);
  }

  return {
    ownerOf(log) {
      const row = database.prepare('SELECT credential FROM log_owners WHERE log = ?').get(log);
      return row === undefined ? undefined : String(row['credential']);
    },
    logsOf: (credential) =>
      database
        .prepare('SELECT log FROM log_owners WHERE credential = ? ORDER BY since_ms, log')
        .all(credential)
        .map((row) => String(row['log'])),
    claim: (log, credential, nowMs) => write('IGNORE', log, credential, nowMs),
    give: (log, credential, nowMs) => write('REPLACE', log, credential, nowMs),
    passOn: (from, to) =>
      void database.prepare('UPDATE log_owners SET credential = ? WHERE credential = ?').run(to, from),
  };
}
