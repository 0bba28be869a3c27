import { cleanText } from '../../../shared/mail/clean-text.ts';
import type { StateStore } from '../../fleet/state-store.ts';
import type { ComposedMail } from '../mail/compose-disconnect.ts';
import { type Block, headlineOf, imagesOf, renderHtml, renderText } from '../mail/document.ts';
import { linkTo } from '../mail/link-to.ts';
import type { Mail } from '../mail/mail.ts';
import { MAX_ALERTS, type NoticeAlert, noticeAlert } from '../mail/notice.ts';
import { composeDigest } from './compose-digest.ts';
import type { Address, OutboxStore, Thread } from './outbox-store.ts';

/** Earlier mails that a mail names at most: first and newest, as mail programs do when a thread grows long. */
const MAX_REFERENCES = 20;

/** Puts composed mails into their thread and into the outbox. Call it in the transaction of what the mail tells. */
export interface PostOffice {
  /** Begins a thread. Returns its number. */
  open(mail: ComposedMail, nowMs: number): number;
  /**
   * Adds to a thread. `about`: the incidents that it tells of; `subject`: that of the mail, where
   * it is not that of the thread.
   */
  reply(
    threadId: number,
    blocks: readonly Block[],
    nowMs: number,
    about?: readonly NoticeAlert[],
    subject?: string,
  ): void;
}

/** A channel, as the post office sees it. */
export interface Destination {
  readonly name: string;
  /** Envelope addresses to queue a message for, one each. */
  readonly recipients: readonly string[];
  /** Whether a thread may name other recipients than these. */
  readonly hasAddresses: boolean;
  /** Whether the channel is told of this incident. */
  wants(alert: NoticeAlert): boolean;
}

/** A moment in the making of a message, all of them within its transaction; for tests that stop the program there. */
export type PostStep = 'composed, not queued' | 'queued, not committed';

/** Options of {@link postOffice}. */
export interface PostOfficeOptions {
  readonly store: StateStore;
  readonly outbox: OutboxStore;
  /** Administrators' addresses, for the header. */
  readonly to: readonly string[];
  readonly destinations: readonly Destination[];
  /** Right side of Message-IDs. */
  readonly domain: string;
  /** Messages that may wait for one recipient before they become a digest, at least 2. */
  readonly queueLimit: number;
  /** Where the web app is reached; left out: mails have no link. */
  readonly linkBase?: string | undefined;
  readonly atStep?: ((step: PostStep) => void) | undefined;
}

/** Makes a post office over the outbox. */
export function postOffice(options: PostOfficeOptions): PostOffice {
  const { store, outbox, destinations, domain, queueLimit, linkBase, atStep } = options;
  const idOf = (threadId: number, number: number) =>
    `<incident-${threadId}.${number}.${outbox.instance}@${domain}>`;

  function post(
    thread: Thread,
    composed: readonly Block[],
    dateMs: number,
    about: readonly NoticeAlert[],
    subject = thread.subject,
  ): void {
    const blocks = linkBase === undefined ? composed : [...composed, linkTo(linkBase, nodeOf(about))];
    const number = outbox.nextNumber(thread.id);
    const alerts = about.map(noticeAlert);
    const mail: Mail = {
      messageId: idOf(thread.id, number),
      references: earlierNumbers(number).map((earlier) => idOf(thread.id, earlier)),
      subject,
      text: renderText(blocks),
      html: renderHtml(blocks),
      dateMs,
      to: thread.to ?? options.to,
      notice: { headline: headlineOf(blocks) ?? subject, alerts: alerts.slice(0, MAX_ALERTS) },
      images: imagesOf(blocks),
    };
    atStep?.('composed, not queued');
    for (const destination of destinations) deliver(thread, mail, alerts, destination);
    atStep?.('queued, not committed');
  }

  function deliver(thread: Thread, mail: Mail, alerts: readonly NoticeAlert[], to: Destination): void {
    const wanted = alerts.filter((alert) => to.wants(alert)).slice(0, MAX_ALERTS);
    // What is about no incident in particular is for everybody.
    if (alerts.length > 0 && wanted.length === 0) return;
    const own = to.hasAddresses ? mail : { ...mail, notice: { ...mail.notice, alerts: wanted } };
    const recipients = to.hasAddresses ? (thread.to ?? to.recipients) : to.recipients;
    for (const recipient of recipients) queue(thread, own, { channel: to.name, recipient });
  }

  /** The queue never grows beyond its limit: from then on there is one message, which tells what the others would have. */
  function queue(thread: Thread, mail: Mail, address: Address): void {
    const isFull = outbox.countPending(address.channel, address.recipient) >= queueLimit;
    if (!isFull && !outbox.hasDigest(address)) {
      outbox.add(thread.id, mail, address);
      return;
    }
    const waiting = outbox.waiting(address);
    const digest = composeDigest([...waiting.map((one) => one.mail), mail]);
    const earlier = waiting.find((one) => one.mail.digest !== undefined);
    // Another Message-ID each time: under the old one something else may have been sent.
    const threadId = earlier?.thread ?? outbox.openThread(digest.subject).id;
    const number = outbox.nextNumber(threadId);
    const { dateMs, to } = mail;
    outbox.remove(waiting.map(({ id }) => id));
    outbox.add(
      threadId,
      { ...digest, messageId: idOf(threadId, number), references: [], dateMs, to },
      address,
    );
  }

  return {
    open: ({ subject, blocks, about = [], to }, nowMs) =>
      store.transaction(() => {
        const thread = outbox.openThread(cleanText(subject), to);
        post(thread, blocks, nowMs, about);
        return thread.id;
      }),
    reply: (threadId, blocks, nowMs, about = [], subject) =>
      store.transaction(() => {
        const own = subject === undefined ? undefined : cleanText(subject);
        post(outbox.thread(threadId), blocks, nowMs, about, own);
      }),
  };
}

/** The node that a mail is about, where that is one alone. */
function nodeOf(about: readonly NoticeAlert[]): NoticeAlert['node'] {
  const nodes = new Set(about.map(({ node }) => node));
  return nodes.size === 1 ? [...nodes][0] : undefined;
}

function earlierNumbers(number: number): number[] {
  const all = Array.from({ length: number - 1 }, (_, index) => index + 1);
  return all.length <= MAX_REFERENCES ? all : [...all.slice(0, 1), ...all.slice(1 - MAX_REFERENCES)];
}
