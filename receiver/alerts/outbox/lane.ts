import type { Logger } from '../../../shared/logging/logger.ts';
import { type BackoffOptions, backoffMs } from '../../../shared/time/backoff.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { every } from '../../../shared/time/every.ts';
import { repeatedFailure } from '../../fleet/repeated-failure.ts';
import type { Channel, SendResult } from '../channels/channel.ts';
import type { OutboxStore, PendingMessage } from './outbox-store.ts';
import { withPatience } from './with-patience.ts';

/** How long a message is tried, ms: as long as mail servers do (RFC 5321, section 4.5.4.1). */
const GIVE_UP_AFTER_MS = 5 * 24 * 3_600_000;

/** And this often at least: a clock that jumps by years (a board without a battery) must not end it early. */
const FEWEST_TRIES = 100;

/** Between two looks, ms. */
const LOOK_MS = 1_000;

/** Upper bounds of the waits between tries. A server that comes back is used again within the longest of them. */
const BACKOFF: BackoffOptions = { firstMs: 5_000, maxMs: 300_000 };

/** A moment in the life of a message, for tests that stop the program there. */
export type SendStep = 'before sending' | 'sent, not marked' | 'marked as sent';

/** Why nothing can be sent, and since when (ms since 1970). */
export interface Trouble {
  readonly sinceMs: number;
  /** The same by the clock that never jumps. */
  readonly sinceMonotonicMs: number;
  readonly error: string;
}

/** A running lane: what goes to one channel. */
export interface Lane extends AsyncDisposable {
  /** Something was added: look now. */
  trigger(): void;
  /** Undefined while all is well. */
  trouble(): Trouble | undefined;
}

/** Options of {@link startLane}. */
export interface LaneOptions {
  readonly outbox: OutboxStore;
  readonly channel: Channel;
  readonly log: Logger;
  readonly clock: Clock;
  /** Between 0 and 1, for the jitter of retries. */
  readonly random?: (() => number) | undefined;
  readonly backoff?: BackoffOptions | undefined;
  readonly atStep?: ((step: SendStep) => void) | undefined;
}

/** Sends what waits for one channel, one message after the other, until disposed. */
export function startLane(options: LaneOptions): Lane {
  const { outbox, channel, clock, atStep } = options;
  const log = options.log.child({ channel: channel.name });
  let trouble: Trouble | undefined;
  let failures = 0;
  let looked = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  /** How sending went where that could not be written down; bounded, since no other message is tried meanwhile. */
  const unwritten = new Map<number, SendResult>();

  const failure = repeatedFailure(log, 'the outbox cannot be read or written');
  const wait = (attempt: number) => backoffMs(attempt, options.backoff ?? BACKOFF, options.random);

  /** What waits for a time on the wall need not wait longer because the clock was set back: it is tried now. */
  function noteClock(): void {
    const now = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
    const backMs = now.monotonicMs - looked.monotonicMs - (now.wallMs - looked.wallMs);
    looked = now;
    if (backMs > LOOK_MS) outbox.hurry(now.wallMs);
  }

  async function sendDue(stop: AbortSignal): Promise<void> {
    noteClock();
    while (!stop.aborted && clock.monotonic() >= pausedUntilMs) {
      const message = outbox.nextDue(channel.name, clock.now());
      if (message === undefined) break;
      await sendOne(message, stop);
    }
    failure.succeeded();
  }

  async function sendOne(message: PendingMessage, stop: AbortSignal): Promise<void> {
    outbox.hold(message.id);
    const result = unwritten.get(message.id) ?? (await converse(message, stop));
    try {
      note(message, result);
    } catch (error) {
      // Sent, but the disk is full: what must not happen now is that it is sent again, and again. It stays held.
      unwritten.set(message.id, result);
      pause();
      throw error;
    }
    unwritten.delete(message.id);
    outbox.release(message.id);
    if (result.kind === 'sent') atStep?.('marked as sent');
    noteChannel(result);
  }

  async function converse(message: PendingMessage, stop: AbortSignal): Promise<SendResult> {
    using patience = withPatience(stop, clock);
    atStep?.('before sending');
    try {
      const result = await channel.send(message.mail, message.recipient, patience.signal);
      if (result.kind === 'sent') atStep?.('sent, not marked');
      return result;
    } catch (error) {
      outbox.release(message.id);
      throw error;
    }
  }

  /** @param leastMs what the other side asks for */
  function pause(leastMs = 0): void {
    pausedUntilMs = clock.monotonic() + Math.max(leastMs, wait(failures));
    failures += 1;
  }

  function note(message: PendingMessage, result: SendResult): void {
    const fields = { subject: message.mail.subject, recipient: message.recipient };
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
        putOff(message, result);
        return;
      default:
        result satisfies never;
    }
  }

  function putOff(message: PendingMessage, { error, afterMs = 0 }: SendResult & { kind: 'try_later' }): void {
    const nowMs = clock.now();
    if (nowMs - message.queuedMs > GIVE_UP_AFTER_MS && message.attempts >= FEWEST_TRIES) {
      outbox.giveUp(message.id, nowMs, error);
      log.error({ subject: message.mail.subject, reason: error }, 'message not taken for days, given up');
      return;
    }
    outbox.postpone(message.id, nowMs + Math.ceil(Math.max(afterMs, wait(message.attempts))), error);
    if (message.attempts === 0) log.warn({ subject: message.mail.subject, reason: error }, 'message put off');
  }

  function noteChannel(result: SendResult): void {
    if (result.kind === 'try_later' && result.scope === 'channel') {
      pause(result.afterMs);
      if (trouble?.error !== result.error) log.error({ reason: result.error }, 'messages cannot be sent');
      trouble = {
        sinceMs: trouble?.sinceMs ?? clock.now(),
        sinceMonotonicMs: trouble?.sinceMonotonicMs ?? clock.monotonic(),
        error: result.error,
      };
      return;
    }
    if (trouble !== undefined) log.info('messages can be sent again');
    trouble = undefined;
    failures = 0;
  }

  const sending = every(sendDue, { intervalMs: LOOK_MS, clock, onError: failure.failed });
  sending.trigger();
  return {
    trigger: sending.trigger,
    trouble: () => trouble,
    [Symbol.asyncDispose]: () => sending[Symbol.asyncDispose](),
  };
}
