import { cleanText } from '../mail/clean-text.ts';
import type { ComposedMail } from '../mail/compose-disconnect.ts';
import { type Block, renderHtml, renderText } from '../mail/document.ts';
import type { OutboxStore, Thread } from './outbox-store.ts';

/** Earlier mails that a mail names at most: first and newest, as mail programs do when a thread grows long. */
const MAX_REFERENCES = 20;

/** Puts composed mails into their thread and into the outbox. Call it in the transaction of what the mail tells. */
export interface PostOffice {
  /** Begins a thread. Returns its number. */
  open(mail: ComposedMail, nowMs: number): number;
  /** Adds to a thread, under its subject. */
  reply(threadId: number, blocks: readonly Block[], nowMs: number): void;
}

/** Options of {@link postOffice}. */
export interface PostOfficeOptions {
  readonly outbox: OutboxStore;
  /** Administrators' addresses, for the header. */
  readonly to: readonly string[];
  /** Envelope addresses of the channel. */
  readonly recipients: readonly string[];
  /** Right side of Message-IDs. */
  readonly domain: string;
}

/** Makes a post office over the outbox. */
export function postOffice(options: PostOfficeOptions): PostOffice {
  const { outbox, to, recipients, domain } = options;
  const idOf = (threadId: number, number: number) =>
    `<incident-${threadId}.${number}.${outbox.instance}@${domain}>`;

  function post(thread: Thread, blocks: readonly Block[], dateMs: number): void {
    const number = thread.messages + 1;
    const mail = {
      messageId: idOf(thread.id, number),
      references: earlierNumbers(number).map((earlier) => idOf(thread.id, earlier)),
      subject: thread.subject,
      text: renderText(blocks),
      html: renderHtml(blocks),
      dateMs,
      to,
    };
    outbox.add(thread, mail, recipients);
  }

  return {
    open({ subject, blocks }, nowMs) {
      const thread = outbox.openThread(cleanText(subject));
      post(thread, blocks, nowMs);
      return thread.id;
    },
    reply: (threadId, blocks, nowMs) => post(outbox.thread(threadId), blocks, nowMs),
  };
}

function earlierNumbers(number: number): number[] {
  const all = Array.from({ length: number - 1 }, (_, index) => index + 1);
  return all.length <= MAX_REFERENCES ? all : [...all.slice(0, 1), ...all.slice(1 - MAX_REFERENCES)];
}
