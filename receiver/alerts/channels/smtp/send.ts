import type { Mail } from '../../mail/mail.ts';
import { type Channel, MAIL_CHANNEL, type SendResult } from '../channel.ts';
import { transmitMail } from '../nodemailer.ts';
import { SMTP_TIMEOUTS, type SmtpConfig, type SmtpTimeouts } from './config.ts';
import { explainFailure } from './explain-failure.ts';

/** Options of {@link createSmtpChannel}. */
export interface SmtpChannelOptions {
  /** At least one; tried in their order. */
  readonly servers: readonly SmtpConfig[];
  /** Sender's address, for the envelope and the header. */
  readonly from: string;
  /** The administrators' addresses; each gets its own copy, so that one that is refused holds up nobody else's. */
  readonly to: readonly string[];
  readonly timeouts?: SmtpTimeouts | undefined;
}

/** Mail by SMTP: a conversation for each message, since they are few. */
export function createSmtpChannel(options: SmtpChannelOptions): Channel {
  const { servers, to } = options;
  const names = servers.map(({ host, port }) => `${host}:${port}`);
  return {
    name: MAIL_CHANNEL,
    kind: 'smtp',
    target: `${to.join(', ')} through ${names.join(', else ')}`,
    recipients: to,
    send: (mail, recipient, signal) => sendByFirst(options, mail, recipient, signal),
  };
}

/**
 * Tries the servers in their order. As between the servers of a domain (RFC 5321, section 5.1), the next is asked when one
 * cannot be used or puts the mail off, and not when one refuses it: the next would at best take it only to return it.
 */
async function sendByFirst(
  options: SmtpChannelOptions,
  mail: Mail,
  recipient: string,
  signal: AbortSignal,
): Promise<SendResult> {
  const failures: Extract<SendResult, { kind: 'try_later' }>[] = [];
  for (const smtp of options.servers) {
    const result = await sendBy(smtp, options, mail, recipient, signal);
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

async function sendBy(
  smtp: SmtpConfig,
  options: SmtpChannelOptions,
  mail: Mail,
  recipient: string,
  signal: AbortSignal,
): Promise<SendResult> {
  try {
    await converse(smtp, options, mail, recipient, signal);
    return { kind: 'sent' };
  } catch (error) {
    signal.throwIfAborted();
    const { message, hint, verdict, scope } = explainFailure(error, smtp);
    return verdict === 'refused'
      ? { kind: 'refused', error: message, hint }
      : { kind: 'try_later', scope, error: message, hint };
  }
}

/** Holds one conversation: returns when the server has taken the mail over. */
async function converse(
  smtp: SmtpConfig,
  { from, timeouts = SMTP_TIMEOUTS }: SmtpChannelOptions,
  mail: Mail,
  recipient: string,
  signal: AbortSignal,
): Promise<void> {
  await transmitMail(mail, {
    smtp,
    timeouts,
    from,
    recipients: recipient === '' ? mail.to : [recipient],
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeouts.totalMs)]),
  });
}
