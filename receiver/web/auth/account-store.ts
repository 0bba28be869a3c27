import type { SQLOutputValue } from 'node:sqlite';
import type { StateStore } from '../../fleet/state-store.ts';

/** What somebody may do: everything, or look. */
export type Role = 'admin' | 'viewer';

/** Somebody who may sign in. */
export interface UserRow {
  readonly name: string;
  readonly role: Role;
  /** As `hashPassword` made it. */
  readonly password: string;
}

/** Somebody who is signed in. */
export interface SessionRow {
  readonly user: string;
  readonly role: Role;
  readonly csrf: string;
  readonly madeMs: number;
  readonly seenMs: number;
}

/** A token by which programs ask the API; of the token itself only a hash is stored. */
export interface TokenRow {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly madeMs: number;
  readonly usedMs: number | undefined;
}

/** The tables `users`, `sessions` and `api_tokens`. */
export interface AccountStore {
  users(): readonly UserRow[];
  user(name: string): UserRow | undefined;
  saveUser(user: UserRow, atMs: number): void;
  /** Their sessions go with them. */
  removeUser(name: string): void;
  session(hash: Buffer): SessionRow | undefined;
  addSession(hash: Buffer, session: Omit<SessionRow, 'role'>): void;
  touchSession(hash: Buffer, seenMs: number): void;
  removeSession(hash: Buffer): void;
  removeSessionsOf(user: string): void;
  /** Drops sessions that were not used since, and those that were made before. */
  pruneSessions(seenBeforeMs: number, madeBeforeMs: number): void;
  tokens(): readonly TokenRow[];
  token(hash: Buffer): TokenRow | undefined;
  addToken(
    token: { readonly name: string; readonly role: Role; readonly hash: Buffer },
    atMs: number,
  ): number;
  touchToken(id: number, usedMs: number): void;
  removeToken(id: number): void;
}

const SESSION = `
  SELECT s.user, u.role, s.csrf, s.made_ms, s.seen_ms FROM sessions s JOIN users u ON u.name = s.user WHERE s.hash = ?`;

const SAVE_USER = `
  INSERT INTO users (name, role, password, made_ms) VALUES (?, ?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET role = excluded.role, password = excluded.password`;

/** The accounts in the receiver's state on disk. */
export function accountStore({ database }: StateStore): AccountStore {
  const session = database.prepare(SESSION);
  const token = database.prepare('SELECT * FROM api_tokens WHERE hash = ?');
  const run = (sql: string, ...values: (string | number | Buffer)[]) => database.prepare(sql).run(...values);
  return {
    users: () => database.prepare('SELECT * FROM users ORDER BY name').all().map(readUser),
    user(name) {
      const row = database.prepare('SELECT * FROM users WHERE name = ?').get(name);
      return row === undefined ? undefined : readUser(row);
    },
    saveUser: ({ name, role, password }, atMs) => void run(SAVE_USER, name, role, password, atMs),
    removeUser: (name) => void run('DELETE FROM users WHERE name = ?', name),
    session(hash) {
      const row = session.get(hash);
      return row === undefined ? undefined : readSession(row);
    },
    addSession: (hash, { user, csrf, madeMs, seenMs }) =>
      void run('INSERT INTO sessions VALUES (?, ?, ?, ?, ?)', hash, user, csrf, madeMs, seenMs),
    touchSession: (hash, seenMs) => void run('UPDATE sessions SET seen_ms = ? WHERE hash = ?', seenMs, hash),
    removeSession: (hash) => void run('DELETE FROM sessions WHERE hash = ?', hash),
    removeSessionsOf: (user) => void run('DELETE FROM sessions WHERE user = ?', user),
    pruneSessions: (seenBeforeMs, madeBeforeMs) =>
      void run('DELETE FROM sessions WHERE seen_ms < ? OR made_ms < ?', seenBeforeMs, madeBeforeMs),
    tokens: () => database.prepare('SELECT * FROM api_tokens ORDER BY id').all().map(readToken),
    token(hash) {
      const row = token.get(hash);
      return row === undefined ? undefined : readToken(row);
    },
    addToken({ name, role, hash }, atMs) {
      const sql = 'INSERT INTO api_tokens (name, role, hash, made_ms) VALUES (?, ?, ?, ?)';
      return Number(run(sql, name, role, hash, atMs).lastInsertRowid);
    },
    touchToken: (id, usedMs) => void run('UPDATE api_tokens SET used_ms = ? WHERE id = ?', usedMs, id),
    removeToken: (id) => void run('DELETE FROM api_tokens WHERE id = ?', id),
  };
}

type Row = Record<string, SQLOutputValue>;

function readUser(row: Row): UserRow {
  return { name: String(row['name']), role: roleOf(row), password: String(row['password']) };
}

function readSession(row: Row): SessionRow {
  return {
    user: String(row['user']),
    role: roleOf(row),
    csrf: String(row['csrf']),
    madeMs: Number(row['made_ms']),
    seenMs: Number(row['seen_ms']),
  };
}

function readToken(row: Row): TokenRow {
  return {
    id: Number(row['id']),
    name: String(row['name']),
    role: roleOf(row),
    madeMs: Number(row['made_ms']),
    usedMs: row['used_ms'] === null ? undefined : Number(row['used_ms']),
  };
}

function roleOf(row: Row): Role {
  return row['role'] === 'admin' ? 'admin' : 'viewer';
}
