import type { SQLOutputValue } from 'node:sqlite';
import type { StateStore } from '../fleet/state-store.ts';
import type { Mail } from './mail/mail.ts';

/** A message of the outbox, for looking at. */
export interface OutboxEntry {
  readonly id: number;
  readonly messageId: string;
  readonly channel: string;
  /** Empty where the channel has none. */
  readonly recipient: string;
  readonly state: 'pending' | 'sent' | 'given_up';
  readonly attempts: number;
  /** ms since 1970. */
  readonly queuedMs: number;
  /** When it was sent or given up, ms since 1970. */
  readonly doneMs: number | undefined;
  /** What went wrong last. */
  readonly error: string | undefined;
  readonly mail: Mail;
}

/** The outbox, for looking at. */
export interface OutboxView {
  /** The newest messages, newest first. */
  newest(limit: number): readonly OutboxEntry[];
  find(id: number): OutboxEntry | undefined;
}

/** Looks into the outbox of the receiver's state. */
export function readOutbox({ database }: StateStore): OutboxView {
  return {
    newest: (limit) =>
      database.prepare('SELECT * FROM outbox ORDER BY id DESC LIMIT ?').all(limit).map(readEntry),
    find(id) {
      const row = database.prepare('SELECT * FROM outbox WHERE id = ?').get(id);
      return row === undefined ? undefined : readEntry(row);
    },
  };
}

function readEntry(row: Record<string, SQLOutputValue>): OutboxEntry {
  const doneMs = row['done_ms'];
  const error = row['error'];
  return {
    id: Number(row['id']),
    messageId: String(row['message_id']),
    channel: String(row['channel']),
    recipient: String(row['recipient']),
    state: String(row['state']) as OutboxEntry['state'],
    attempts: Number(row['attempts']),
    queuedMs: Number(row['queued_ms']),
    doneMs: typeof doneMs === 'number' ? doneMs : undefined,
    error: typeof error === 'string' ? error : undefined,
    mail: JSON.parse(String(row['mail'])) as Mail,
  };
}
