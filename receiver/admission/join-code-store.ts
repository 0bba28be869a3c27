import type { SQLOutputValue } from 'node:sqlite';
import type { Verifier } from '../../shared/auth/auth.ts';
import { type NodeName, parseNodeName } from '../../shared/names/node-name.ts';
import type { StateStore } from '../fleet/state-store.ts';

/** A join code, as the receiver remembers it: not the code itself. */
export interface StoredJoinCode {
  readonly id: string;
  readonly verifier: Verifier;
  /** The name that it gives; undefined: the node's own wish. */
  readonly node: NodeName | undefined;
  /** Whether the machine takes the place of the one that has the name. */
  readonly isReplacing: boolean;
  /** Whether it was made for a copy of a machine, which is to be a node of its own. */
  readonly isForCopy: boolean;
  /** How many nodes it lets in, and how many it has let in. */
  readonly uses: number;
  readonly used: number;
  readonly madeMs: number;
  readonly expiresMs: number;
}

/** The table `join_codes`. */
export interface JoinCodeStore {
  find(id: string): StoredJoinCode | undefined;
  /** All, the newest first. */
  list(): StoredJoinCode[];
  add(code: StoredJoinCode): void;
  /** Counts one use. Call it in the transaction that saves the credential. */
  use(id: string): void;
  /** Whether a code was made for a copy; known for as long as the node that joined with it is. */
  isForCopy(id: string): boolean;
  /** Forgets those that expired before. */
  removeExpired(beforeMs: number): void;
}

// No step of the schema: an earlier version, which does not look at this table, can still open the file.
const TABLES = `
  CREATE TABLE IF NOT EXISTS replacing_codes (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS copy_codes (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`;
const SELECT = `
  SELECT *, EXISTS (SELECT 1 FROM replacing_codes r WHERE r.id = c.id) AS replaces,
    EXISTS (SELECT 1 FROM copy_codes k WHERE k.id = c.id) AS for_copy
  FROM join_codes c`;
const FORGET_REMOVED = `
  DELETE FROM replacing_codes WHERE id NOT IN (SELECT id FROM join_codes);
  DELETE FROM copy_codes WHERE id NOT IN (SELECT id FROM join_codes) AND id NOT IN (SELECT code FROM credentials);`;

/** The join codes in the receiver's state on disk. */
export function joinCodeStore({ database }: StateStore): JoinCodeStore {
  database.exec(TABLES);
  return {
    find(id) {
      const row = database.prepare(`${SELECT} WHERE id = ?`).get(id);
      return row === undefined ? undefined : readRow(row);
    },
    list: () => database.prepare(`${SELECT} ORDER BY made_ms DESC`).all().map(readRow),
    add({ id, verifier, node, isReplacing, isForCopy, uses, used, madeMs, expiresMs }) {
      if (isReplacing) database.prepare('INSERT INTO replacing_codes (id) VALUES (?)').run(id);
      if (isForCopy) database.prepare('INSERT INTO copy_codes (id) VALUES (?)').run(id);
      database
        .prepare(
          'INSERT INTO join_codes (id, stored_key, server_key, node, uses, used, made_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        )
        .run(
          id,
          verifier.storedKey,
          verifier.serverKey,
          node ?? null,
          uses,
          used,
          Math.round(madeMs),
          Math.round(expiresMs),
        );
    },
    use: (id) => void database.prepare('UPDATE join_codes SET used = used + 1 WHERE id = ?').run(id),
    isForCopy: (id) => database.prepare('SELECT 1 FROM copy_codes WHERE id = ?').get(id) !== undefined,
    removeExpired(beforeMs) {
      database.prepare('DELETE FROM join_codes WHERE expires_ms < ?').run(Math.round(beforeMs));
      database.exec(FORGET_REMOVED);
    },
  };
}

function readRow(row: Record<string, SQLOutputValue>): StoredJoinCode {
  const { stored_key: storedKey, server_key: serverKey, node, replaces, for_copy: forCopy } = row;
  return {
    id: String(row['id']),
    verifier: {
      storedKey: storedKey instanceof Uint8Array ? storedKey : new Uint8Array(),
      serverKey: serverKey instanceof Uint8Array ? serverKey : new Uint8Array(),
    },
    node: typeof node === 'string' ? parseNodeName(node) : undefined,
    isReplacing: replaces === 1,
    isForCopy: forCopy === 1,
    uses: Number(row['uses']),
    used: Number(row['used']),
    madeMs: Number(row['made_ms']),
    expiresMs: Number(row['expires_ms']),
  };
}
