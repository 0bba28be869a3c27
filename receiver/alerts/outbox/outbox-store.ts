import { randomBytes } from 'node:crypto';
import type { SQLOutputValue } from 'node:sqlite';
import type { StateStore } from '../../fleet/state-store.ts';
import type { Mail } from '../mail/mail.ts';

/** Messages kept after they were sent or given up, for looking into. */
const KEPT_DONE = 500;

/** Which copy of a message: one for each channel, and there for each recipient. */
export interface Address {
  /** Name of the channel. */
  readonly channel: string;
  /** Envelope address; empty where the channel has none. */
  readonly recipient: string;
}

/** A message that waits to be sent to one recipient. */
export interface PendingMessage extends Address {
  readonly id: number;
  readonly thread: number;
  readonly mail: Mail;
  /** Tries so far. */
  readonly attempts: number;
  /** ms since 1970. */
  readonly queuedMs: number;
}

/** A message that will not be sent. */
export interface GivenUpMessage extends Address {
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
  /** Who gets its mails, where that is not everybody. */
  readonly to: readonly string[] | undefined;
}

/** The tables `outbox` and `threads`. A message goes from pending to sent, given up or into a digest, and never back. */
export interface OutboxStore {
  /** Eight hex digits made with the file, so that the Message-IDs of two files never meet. */
  readonly instance: string;
  openThread(subject: string, to?: readonly string[]): Thread;
  /** A thread by its number. @throws Error when there is none */
  thread(id: number): Thread;
  /** Counts a message of the thread; returns its number, from 1. */
  nextNumber(threadId: number): number;
  /** Queues a message for one address. */
  add(threadId: number, mail: Mail, address: Address): void;
  /** The message that is due first, except one whose predecessor in its thread still waits for the same address. */
  nextDue(channel: string, nowMs: number): PendingMessage | undefined;
  markSent(id: number, atMs: number): void;
  giveUp(id: number, atMs: number, error: string): void;
  postpone(id: number, dueMs: number, error: string): void;
  /** Makes everything that waits due now: at a start, since what was in the way may have been mended. */
  hurry(nowMs: number): void;
  /** How many wait, in all or for one channel or one address. */
  countPending(channel?: string, recipient?: string): number;
  /** What waits for an address, oldest first, but for what is held. */
  waiting(address: Address): PendingMessage[];
  /** Whether a digest waits for an address and is not held. */
  hasDigest(address: Address): boolean;
  /** Takes messages out, in the transaction that adds the digest that tells them. */
  remove(ids: readonly number[]): void;
  /** While it is being sent, a message cannot go into a digest. */
  hold(id: number): void;
  release(id: number): void;
  /** Gives up what waits for channels that are not configured any more; returns how many. */
  giveUpOthers(channels: readonly string[], atMs: number, error: string): number;
  /** What was given up, newest first. */
  givenUp(limit: number): GivenUpMessage[];
}

/** A longer wait than this is the work of a clock that was wrong, ms. */
const LONGEST_WAIT_MS = 3_600_000;

const ADD = `
  INSERT INTO outbox (thread, channel, recipient, message_id, mail, is_digest, state, queued_ms, attempts, due_ms)
  VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, 0, ?)`;

const NEXT_DUE = `
  SELECT * FROM outbox AS o
  WHERE state = 'pending' AND channel = :channel AND (due_ms <= :now OR due_ms > :now + ${LONGEST_WAIT_MS})
    AND NOT EXISTS (SELECT 1 FROM outbox AS p WHERE p.state = 'pending' AND p.id < o.id
                    AND p.thread = o.thread AND p.channel = o.channel AND p.recipient = o.recipient)
  ORDER BY due_ms, id LIMIT 1`;

const WAITING = `
  SELECT * FROM outbox WHERE state = 'pending' AND channel = ? AND recipient = ? ORDER BY id`;

const COUNT = `
  SELECT count(*) AS n FROM outbox WHERE state = 'pending'
  AND (:channel IS NULL OR channel = :channel) AND (:recipient IS NULL OR recipient = :recipient)`;

const DIGESTS = `
  SELECT id FROM outbox WHERE state = 'pending' AND is_digest = 1 AND channel = ? AND recipient = ?`;

const PRUNE = `
  DELETE FROM outbox WHERE state <> 'pending' AND id NOT IN
    (SELECT id FROM outbox WHERE state <> 'pending' ORDER BY id DESC LIMIT ${KEPT_DONE})`;

const PRUNE_THREADS = `
  DELETE FROM threads WHERE id <= ? AND NOT EXISTS (SELECT 1 FROM incidents WHERE thread = threads.id)
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE thread = threads.id)`;

/** The outbox in the receiver's state on disk. */
export function outboxStore(store: StateStore): OutboxStore {
  const { database } = store;
  const add = database.prepare(ADD);
  const nextDue = database.prepare(NEXT_DUE);
  const count = database.prepare(COUNT);
  const digests = database.prepare(DIGESTS);
  const held = new Set<number>();

  const finish = (id: number, state: 'sent' | 'given_up', atMs: number, error: string | null) =>
    store.transaction(() => {
      database
        .prepare(`UPDATE outbox SET state = ?, done_ms = ?, error = ? WHERE id = ? AND state = 'pending'`)
        .run(state, atMs, error, id);
      database.exec(PRUNE);
    });

  return {
    instance: readInstance(store),
    openThread(subject, to) {
      const json = to === undefined ? null : JSON.stringify(to);
      const row = database
        .prepare('INSERT INTO threads (subject, messages, recipients) VALUES (?, 0, ?)')
        .run(subject, json);
      const id = Number(row.lastInsertRowid);
      database.prepare(PRUNE_THREADS).run(id - KEPT_DONE);
      return { id, subject, messages: 0, to };
    },
    thread(id) {
      const row = database.prepare('SELECT * FROM threads WHERE id = ?').get(id);
      if (row === undefined) throw new Error(`no thread ${id} in the outbox`);
      return readThread(row);
    },
    nextNumber(threadId) {
      const row = database
        .prepare('UPDATE threads SET messages = messages + 1 WHERE id = ? RETURNING messages')
        .get(threadId);
      return Number(row?.['messages']);
    },
    add(threadId, mail, { channel, recipient }) {
      const isDigest = Number(mail.digest !== undefined);
      const json = JSON.stringify(mail);
      add.run(threadId, channel, recipient, mail.messageId, json, isDigest, mail.dateMs, mail.dateMs);
    },
    nextDue(channel, nowMs) {
      const row = nextDue.get({ channel, now: nowMs });
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
    countPending: (channel, recipient) =>
      Number(count.get({ channel: channel ?? null, recipient: recipient ?? null })?.['n']),
    waiting: ({ channel, recipient }) =>
      database
        .prepare(WAITING)
        .all(channel, recipient)
        .map(readMessage)
        .filter(({ id }) => !held.has(id)),
    hasDigest: ({ channel, recipient }) =>
      digests.all(channel, recipient).some((row) => !held.has(Number(row['id']))),
    remove(ids) {
      const remove = database.prepare(`DELETE FROM outbox WHERE id = ? AND state = 'pending'`);
      for (const id of ids) remove.run(id);
    },
    hold: (id) => void held.add(id),
    release: (id) => void held.delete(id),
    giveUpOthers(channels, atMs, error) {
      const { changes } = database
        .prepare(
          `UPDATE outbox SET state = 'given_up', done_ms = ?, error = ?
           WHERE state = 'pending' AND channel NOT IN (SELECT value FROM json_each(?))`,
        )
        .run(atMs, error, JSON.stringify(channels));
      return Number(changes);
    },
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

function readThread(row: Row): Thread {
  const to = row['recipients'];
  return {
    id: Number(row['id']),
    subject: String(row['subject']),
    messages: Number(row['messages']),
    to: typeof to === 'string' ? (JSON.parse(to) as readonly string[]) : undefined,
  };
}

function readMessage(row: Row): PendingMessage {
  return {
    id: Number(row['id']),
    thread: Number(row['thread']),
    channel: String(row['channel']),
    recipient: String(row['recipient']),
    mail: readMail(row),
    attempts: Number(row['attempts']),
    queuedMs: Number(row['queued_ms']),
  };
}

function readMail(row: Row): Mail {
  // Written by `add` alone; one that waited while an older version was replaced has no notice.
  const mail = JSON.parse(String(row['mail'])) as Mail;
  return {
    ...mail,
    notice: (mail.notice as Mail['notice'] | undefined) ?? { headline: mail.subject, alerts: [] },
  };
}

function readGivenUp(row: Row): GivenUpMessage {
  return {
    channel: String(row['channel']),
    recipient: String(row['recipient']),
    subject: readMail(row).subject,
    atMs: Number(row['done_ms']),
    error: String(row['error']),
  };
}
