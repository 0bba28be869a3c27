import { explainFailure } from './explain-failure.ts';
import type { Letter } from './mail.ts';
import { transmitMail } from './nodemailer.ts';
import type { SendResult } from './send-result.ts';
import { SMTP_TIMEOUTS, type SmtpConfig, type SmtpTimeouts } from './smtp-config.ts';

/** How a letter is to travel. */
export interface Postage {
  /** At least one; tried in their order. */
  readonly servers: readonly SmtpConfig[];
  /** Sender's address, for the envelope and the header. */
  readonly from: string;
  /** Envelope addresses. */
  readonly recipients: readonly string[];
  readonly timeouts?: SmtpTimeouts | undefined;
  readonly signal: AbortSignal;
}

/**
 * Tries the servers in their order. As between the servers of a domain (RFC 5321, section 5.1), the next is asked when one
 * cannot be used or puts the mail off, and not when one refuses it: the next would at best take it only to return it.
 *
 * @throws what `signal` was aborted with, and nothing for a fault of a server
 */
export async function sendLetter(letter: Letter, postage: Postage): Promise<SendResult> {
  const failures: Extract<SendResult, { kind: 'try_later' }>[] = [];
  for (const smtp of postage.servers) {
    const result = await sendBy(smtp, letter, postage);
    if (result.kind !== 'try_later') return result;
    failures.push(result);
  }
  return {
    kind: 'try_later',
    // Where one server put off this message alone, the others may be taken.
    scope: failures.some(({ scope }) => scope === 'message') ? 'message' : 'channel',
    error: failures.map(({ error }) => error).join('; '),
    hint: failures[0]?.hint,
  };
}

async function sendBy(smtp: SmtpConfig, letter: Letter, postage: Postage): Promise<SendResult> {
  const { from, recipients, signal, timeouts = SMTP_TIMEOUTS } = postage;
  const tooLong = AbortSignal.timeout(timeouts.totalMs);
  try {
    const either = AbortSignal.any([signal, tooLong]);
    await transmitMail(letter, { smtp, timeouts, from, recipients, signal: either });
    return { kind: 'sent' };
  } catch (error) {
    signal.throwIfAborted();
    const { message, hint, verdict, scope } = explainFailure(error, smtp);
    return verdict === 'refused'
      ? { kind: 'refused', error: message, hint }
      : { kind: 'try_later', scope, error: message, hint };
  }
}
