/**
 * Messages on their way out: the table `outbox` and the loop that empties it.
 *
 * 1. A message gets in together with the change that it tells, in one transaction. It goes from pending to sent or given
 *    up, and never back.
 * 2. It is marked as sent after the channel took it over, never before. A kill in between sends it once more, under the
 *    same Message-ID and with the same bytes: at least once, and recognisable.
 * 3. Messages of one thread reach a recipient in their order.
 * 4. Put off is tried again with exponential backoff and jitter, for {@link GIVE_UP_AFTER_MS}. Refused for good is given up
 *    at once; the reason stays visible.
 * 5. While the channel itself is in trouble nothing else is tried, and the queue is bounded: the oldest give way.
 */

import type { Logger } from '../../../shared/logging/logger.ts';
import { type BackoffOptions, backoffMs } from '../../../shared/time/backoff.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { every } from '../../../shared/time/every.ts';
import { repeatedFailure } from '../../fleet/repeated-failure.ts';
import type { Channel, SendResult } from '../channels/channel.ts';
import type { GivenUpMessage, OutboxStore, PendingMessage } from './outbox-store.ts';

/** How long a message is tried, ms: as long as mail servers do (RFC 5321, section 4.5.4.1). */
const GIVE_UP_AFTER_MS = 5 * 24 * 3_600_000;

/** And this often at least: a clock that jumps by years (a board without a battery) must not end it early. */
const FEWEST_TRIES = 100;

/** Between two looks, ms. */
const LOOK_MS = 1_000;

/** How long stopping lets a conversation finish, ms; cut off later it may send its message twice. */
const FINISH_MS = 2_000;

const BACKOFF: BackoffOptions = { firstMs: 5_000, maxMs: 300_000 };

/** A moment in the life of a message, for tests that stop the program there. */
export type OutboxStep = 'before sending' | 'sent, not marked' | 'marked as sent';

/** How the outbox is doing; shown by `status`. */
export interface OutboxState {
  readonly channel: Channel['kind'];
  /** Where to, for people. */
  readonly target: string;
  readonly pending: number;
  /** Why nothing can be sent, and since when (ms since 1970); undefined while all is well. */
  readonly trouble: { readonly sinceMs: number; readonly error: string } | undefined;
  /** The newest that will not be sent. */
  readonly givenUp: readonly GivenUpMessage[];
}

/** A running outbox. */
export interface Outbox extends AsyncDisposable {
  /** Something was added: look now. */
  trigger(): void;
  state(): OutboxState;
}

/** Options of {@link startOutbox}. */
export interface StartOutboxOptions {
  readonly outbox: OutboxStore;
  readonly channel: Channel;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random?: (() => number) | undefined;
  readonly backoff?: BackoffOptions | undefined;
  /** Called at each step, for tests. */
  readonly atStep?: ((step: OutboxStep) => void) | undefined;
}

/** Sends what waits, and what will be added, until disposed. */
export function startOutbox(options: StartOutboxOptions): Outbox {
  const { outbox, channel, log, clock, atStep } = options;
  let trouble: OutboxState['trouble'];
  let failures = 0;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  /** How sending went where that could not be written down; bounded, since no other message is tried meanwhile. */
  const unwritten = new Map<number, SendResult>();

  const failure = repeatedFailure(log, 'the outbox cannot be read or written');
  const wait = (attempt: number) => backoffMs(attempt, options.backoff ?? BACKOFF, options.random);

  async function sendDue(stop: AbortSignal): Promise<void> {
    while (!stop.aborted && clock.monotonic() >= pausedUntilMs) {
      const message = outbox.nextDue(clock.now());
      if (message === undefined) break;
      await sendOne(message, stop);
    }
    failure.succeeded();
  }

  async function sendOne(message: PendingMessage, stop: AbortSignal): Promise<void> {
    const result = unwritten.get(message.id) ?? (await converse(message, stop));
    try {
      note(message, result);
    } catch (error) {
      // Sent, but the disk is full: what must not happen now is that it is sent again, and again.
      unwritten.set(message.id, result);
      pause();
      throw error;
    }
    unwritten.delete(message.id);
    if (result.kind === 'sent') atStep?.('marked as sent');
    noteChannel(result);
  }

  async function converse(message: PendingMessage, stop: AbortSignal): Promise<SendResult> {
    using patience = withPatience(stop, clock);
    atStep?.('before sending');
    const result = await channel.send(message.mail, message.recipient, patience.signal);
    if (result.kind === 'sent') atStep?.('sent, not marked');
    return result;
  }

  function pause(): void {
    pausedUntilMs = clock.monotonic() + wait(failures);
    failures += 1;
  }

  function note(message: PendingMessage, result: SendResult): void {
    const fields = { subject: message.mail.subject, recipient: message.recipient, channel: channel.kind };
    switch (result.kind) {
      case 'sent':
        outbox.markSent(message.id, clock.now());
        log.info(fields, 'message sent');
        return;
      case 'refused':
        outbox.giveUp(message.id, clock.now(), result.error);
        log.error({ ...fields, reason: result.error }, 'message refused, given up');
        return;
      case 'try_later':
        putOff(message, result.error);
        return;
      default:
        result satisfies never;
    }
  }

  function putOff(message: PendingMessage, error: string): void {
    const nowMs = clock.now();
    if (nowMs - message.queuedMs > GIVE_UP_AFTER_MS && message.attempts >= FEWEST_TRIES) {
      outbox.giveUp(message.id, nowMs, error);
      log.error({ subject: message.mail.subject, reason: error }, 'message not taken for days, given up');
      return;
    }
    outbox.postpone(message.id, nowMs + Math.ceil(wait(message.attempts)), error);
    if (message.attempts === 0) log.warn({ subject: message.mail.subject, reason: error }, 'message put off');
  }

  function noteChannel(result: SendResult): void {
    if (result.kind === 'try_later' && result.scope === 'channel') {
      pause();
      if (trouble?.error !== result.error) log.error({ reason: result.error }, 'messages cannot be sent');
      trouble = { sinceMs: trouble?.sinceMs ?? clock.now(), error: result.error };
      return;
    }
    if (trouble !== undefined) log.info('messages can be sent again');
    trouble = undefined;
    failures = 0;
  }

  outbox.hurry(clock.now());
  const sending = every(sendDue, {
    intervalMs: LOOK_MS,
    clock,
    onError: failure.failed,
  });
  sending.trigger();

  return {
    trigger: () => sending.trigger(),
    state: () => ({
      channel: channel.kind,
      target: channel.target,
      pending: outbox.countPending(),
      trouble,
      givenUp: outbox.givenUp(10),
    }),
    [Symbol.asyncDispose]: () => sending[Symbol.asyncDispose](),
  };
}

/** A signal that follows `stop` after a while, so that a conversation that is almost over may end well. */
function withPatience(stop: AbortSignal, clock: Clock): { readonly signal: AbortSignal } & Disposable {
  const late = new AbortController();
  const done = new AbortController();
  const hurry = () => {
    clock.sleep(FINISH_MS, done.signal).then(
      () => late.abort(stop.reason),
      () => undefined,
    );
  };
  if (stop.aborted) hurry();
  else stop.addEventListener('abort', hurry, { once: true, signal: done.signal });
  return { signal: late.signal, [Symbol.dispose]: () => done.abort() };
}
