import { randomBytes } from 'node:crypto';
import type { SQLOutputValue } from 'node:sqlite';
import type { StateStore } from '../../fleet/state-store.ts';
import type { Mail } from '../mail/mail.ts';

/** Messages waiting at most. */
const MAX_PENDING = 1_000;

/** Messages kept after they were sent or given up, for looking into. */
const KEPT_DONE = 500;

/** A message that waits to be sent to one recipient. */
export interface PendingMessage {
  readonly id: number;
  /** Envelope address; empty where the channel has none. */
  readonly recipient: string;
  readonly mail: Mail;
  /** Tries so far. */
  readonly attempts: number;
  /** ms since 1970. */
  readonly queuedMs: number;
}

/** A message that will not be sent. */
export interface GivenUpMessage {
  readonly recipient: string;
  readonly subject: string;
  readonly atMs: number;
  readonly error: string;
}

/** A thread: the mails of one incident, or of several that began together. */
export interface Thread {
  readonly id: number;
  readonly subject: string;
  /** Messages in it so far. */
  readonly messages: number;
}

/** The tables `outbox` and `threads`. A message goes from pending to sent or given up, and never back. */
export interface OutboxStore {
  /** Eight hex digits made with the file, so that the Message-IDs of two files never meet. */
  readonly instance: string;
  openThread(subject: string): Thread;
  /** A thread by its number. @throws Error when there is none */
  thread(id: number): Thread;
  /** Queues a mail of a thread for each of these recipients; when the queue is full, the oldest are given up. */
  add(thread: Thread, mail: Mail, recipients: readonly string[]): void;
  /** The message that is due first, except one whose predecessor in its thread still waits for the same recipient. */
  nextDue(nowMs: number): PendingMessage | undefined;
  markSent(id: number, atMs: number): void;
  giveUp(id: number, atMs: number, error: string): void;
  postpone(id: number, dueMs: number, error: string): void;
  /** Makes everything that waits due now: at a start, since what was in the way may have been mended. */
  hurry(nowMs: number): void;
  countPending(): number;
  /** What was given up, newest first. */
  givenUp(limit: number): GivenUpMessage[];
}

/** A longer wait than this is the work of a clock that was wrong, ms. */
const LONGEST_WAIT_MS = 3_600_000;

const ADD = `
  INSERT INTO outbox (thread, recipient, message_id, mail, state, queued_ms, attempts, due_ms)
  VALUES (?, ?, ?, ?, 'pending', ?, 0, ?)`;

const NEXT_DUE = `
  SELECT * FROM outbox AS o
  WHERE state = 'pending' AND (due_ms <= :now OR due_ms > :now + ${LONGEST_WAIT_MS})
    AND NOT EXISTS (SELECT 1 FROM outbox AS p WHERE p.state = 'pending' AND p.id < o.id
                    AND p.thread = o.thread AND p.recipient = o.recipient)
  ORDER BY due_ms, id LIMIT 1`;

const DROP_OLDEST = `
  UPDATE outbox SET state = 'given_up', done_ms = ?, error = 'the outbox was full'
  WHERE id IN (SELECT id FROM outbox WHERE state = 'pending' ORDER BY id LIMIT ?)`;

const PRUNE = `
  DELETE FROM outbox WHERE state <> 'pending' AND id NOT IN
    (SELECT id FROM outbox WHERE state <> 'pending' ORDER BY id DESC LIMIT ${KEPT_DONE})`;

const PRUNE_THREADS = `
  DELETE FROM threads WHERE id <= ? AND NOT EXISTS (SELECT 1 FROM incidents WHERE thread = threads.id)
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE thread = threads.id)`;

/** The outbox in the receiver's state on disk. */
export function outboxStore(store: StateStore): OutboxStore {
  const { database } = store;
  const nextDue = database.prepare(NEXT_DUE);
  const countPending = database.prepare(`SELECT count(*) AS n FROM outbox WHERE state = 'pending'`);
  const pendingCount = () => Number(countPending.get()?.['n']);

  const finish = (id: number, state: 'sent' | 'given_up', atMs: number, error: string | null) =>
    store.transaction(() => {
      database
        .prepare(`UPDATE outbox SET state = ?, done_ms = ?, error = ? WHERE id = ? AND state = 'pending'`)
        .run(state, atMs, error, id);
      database.exec(PRUNE);
    });

  return {
    instance: readInstance(store),
    openThread(subject) {
      const row = database.prepare('INSERT INTO threads (subject, messages) VALUES (?, 0)').run(subject);
      const id = Number(row.lastInsertRowid);
      database.prepare(PRUNE_THREADS).run(id - KEPT_DONE);
      return { id, subject, messages: 0 };
    },
    thread(id) {
      const row = database.prepare('SELECT * FROM threads WHERE id = ?').get(id);
      if (row === undefined) throw new Error(`no thread ${id} in the outbox`);
      return { id, subject: String(row['subject']), messages: Number(row['messages']) };
    },
    add(thread, mail, recipients) {
      const surplus = pendingCount() + recipients.length - MAX_PENDING;
      if (surplus > 0) database.prepare(DROP_OLDEST).run(mail.dateMs, surplus);
      database.prepare('UPDATE threads SET messages = messages + 1 WHERE id = ?').run(thread.id);
      const add = database.prepare(ADD);
      const json = JSON.stringify(mail);
      for (const recipient of recipients) {
        add.run(thread.id, recipient, mail.messageId, json, mail.dateMs, mail.dateMs);
      }
    },
    nextDue(nowMs) {
      const row = nextDue.get({ now: nowMs });
      return row === undefined ? undefined : readMessage(row);
    },
    markSent: (id, atMs) => finish(id, 'sent', atMs, null),
    giveUp: (id, atMs, error) => finish(id, 'given_up', atMs, error),
    postpone(id, dueMs, error) {
      database
        .prepare(
          `UPDATE outbox SET due_ms = ?, attempts = attempts + 1, error = ? WHERE id = ? AND state = 'pending'`,
        )
        .run(dueMs, error, id);
    },
    hurry: (nowMs) =>
      void database.prepare(`UPDATE outbox SET due_ms = ? WHERE state = 'pending'`).run(nowMs),
    countPending: pendingCount,
    givenUp: (limit) =>
      database
        .prepare(`SELECT * FROM outbox WHERE state = 'given_up' ORDER BY id DESC LIMIT ?`)
        .all(limit)
        .map(readGivenUp),
  };
}

function readInstance(store: StateStore): string {
  const { database } = store;
  const read = () => database.prepare(`SELECT value FROM meta WHERE key = 'instance'`).get()?.['value'];
  const found = read();
  if (typeof found === 'string') return found;
  const made = randomBytes(4).toString('hex');
  database.prepare(`INSERT INTO meta (key, value) VALUES ('instance', ?)`).run(made);
  return made;
}

type Row = Record<string, SQLOutputValue>;

function readMessage(row: Row): PendingMessage {
  return {
    id: Number(row['id']),
    recipient: String(row['recipient']),
    // Written by `add` alone.
    mail: JSON.parse(String(row['mail'])) as Mail,
    attempts: Number(row['attempts']),
    queuedMs: Number(row['queued_ms']),
  };
}

function readGivenUp(row: Row): GivenUpMessage {
  return {
    recipient: String(row['recipient']),
    subject: (JSON.parse(String(row['mail'])) as Mail).subject,
    atMs: Number(row['done_ms']),
    error: String(row['error']),
  };
}
