/**
 * What a sender tells by itself: that it has had no receiver for too long, and that it has one again. The receiver cannot tell that
 * it is gone. Only with `mail.smtp` in the sender's own config.json.
 *
 * 1. One mail when the receiver has been away for `sender.receiver_lost_after_seconds`, one in its thread when it is back; no
 *    second mail where the first did not go out, and no first one once the receiver is back.
 * 2. What was told is on disk before the mail server hears of it: a kill or a restart repeats a mail under the same Message-ID
 *    at most, and neither forgets an outage nor tells it anew.
 * 3. Nothing waits for this: sampling and the uplink go on whatever a mail server does.
 */

import { describeError } from '../../shared/errors/errors.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import type { Letter } from '../../shared/mail/mail.ts';
import { type MailSource, senderAddress, smtpServersOf } from '../../shared/mail/sender-address.ts';
import { type BackoffOptions, backoffMs } from '../../shared/time/backoff.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { every } from '../../shared/time/every.ts';
import { composeBack, composeLost } from './compose.ts';
import { nextOutage, type Outage, type Reachability } from './outage.ts';
import { readOutage, writeOutage } from './outage-file.ts';
import { wellKnownAuthorities } from './well-known-authorities.ts';

/** How often it looks, ms. */
const LOOK_MS = 1_000;

/** Waits between tries to send: soon at first, in the end every quarter of an hour. */
const BACKOFF: BackoffOptions = { firstMs: 20_000, maxMs: 900_000 };

/** An outage of which something is to be told now. */
type Untold = Extract<Outage, { kind: 'telling_loss' | 'telling_return' }>;

/** Options of {@link startSenderAlerts}. */
export interface SenderAlertsOptions {
  /** How long there may be no receiver before that is told, ms. */
  readonly lostAfterMs: number;
  /** Whether there is a receiver now. */
  readonly reachability: () => Reachability;
  readonly node: string;
  readonly mail: MailSource & { readonly to: readonly string[] };
  /** The data directory. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: (() => number) | undefined;
}

/** Watches until disposed; disposing ends a conversation with a mail server that is under way. */
export async function startSenderAlerts(options: SenderAlertsOptions): Promise<AsyncDisposable> {
  const { directory, clock, reachability, lostAfterMs, log } = options;
  let outage = await readOutage(directory);
  let isSaved = true;
  let triedAt: { readonly attempt: number; readonly dueMs: number } = { attempt: 0, dueMs: 0 };

  let complaint: string | undefined;

  /** In the log once, not at each try. */
  function complain(reason: string): void {
    if (reason !== complaint) log.error({ reason }, 'the mail about the receiver cannot be sent');
    complaint = reason;
  }

  /** Takes a step, durably; a step to another kind may send at once. */
  async function become(next: Outage): Promise<void> {
    if (next === outage && isSaved) return;
    if (next.kind !== outage.kind) triedAt = { attempt: 0, dueMs: 0 };
    outage = next;
    isSaved = false;
    await writeOutage(directory, next);
    isSaved = true;
  }

  async function look(signal: AbortSignal): Promise<void> {
    const now = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
    await become(nextOutage(outage, reachability(), now, lostAfterMs));
    if (outage.kind !== 'telling_loss' && outage.kind !== 'telling_return') return;
    if (now.monotonicMs < triedAt.dueMs) return;
    // Sixteen megabytes that a node does not need until it loses its receiver.
    const { sendLetter } = await import('../../shared/mail/send-letter.ts');
    const result = await sendLetter(letterOf(outage, options), postageOf(options, signal));
    if (result.kind === 'try_later') {
      const waitMs = backoffMs(triedAt.attempt, BACKOFF, options.random);
      triedAt = { attempt: triedAt.attempt + 1, dueMs: clock.monotonic() + waitMs };
      complain(result.error);
      return;
    }
    if (result.kind === 'refused') log.error({ reason: result.error }, 'the mail server refuses the mail');
    else log.info({ told: outage.kind }, 'a mail about the receiver was sent');
    complaint = undefined;
    await become(told(outage));
  }

  const looking = every(look, {
    intervalMs: LOOK_MS,
    clock,
    onError: (error) => complain(describeError(error)),
  });
  return { [Symbol.asyncDispose]: () => looking[Symbol.asyncDispose]() };
}

/** Also after a refusal: asking again would not help. */
function told(outage: Untold): Outage {
  return outage.kind === 'telling_loss' ? { ...outage, kind: 'told' } : { kind: 'none' };
}

function letterOf(outage: Untold, { node, mail, lostAfterMs }: SenderAlertsOptions): Letter {
  const from = senderAddress(mail);
  const domain = from.slice(from.lastIndexOf('@') + 1).replace(/>$/, '');
  const facts = { node, to: mail.to, domain, lostAfterMs };
  return outage.kind === 'telling_loss' ? composeLost(outage, facts) : composeBack(outage, facts);
}

function postageOf({ mail }: SenderAlertsOptions, signal: AbortSignal) {
  const servers = smtpServersOf(mail).map((smtp) => ({ ...smtp, ca: smtp.ca ?? wellKnownAuthorities() }));
  return { servers, from: senderAddress(mail), recipients: mail.to, signal };
}
