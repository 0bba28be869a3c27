import { createTransport } from 'nodemailer';
import type { Mail } from '../../mail/mail.ts';
import { toNodemailer } from '../../mail/to-nodemailer.ts';
import type { Channel, SendResult } from '../channel.ts';
import { SMTP_TIMEOUTS, type SmtpConfig, type SmtpTimeouts } from './config.ts';
import { explainFailure } from './explain-failure.ts';

/** Options of {@link createSmtpChannel}. */
export interface SmtpChannelOptions {
  readonly smtp: SmtpConfig;
  /** Sender's address, for the envelope and the header. */
  readonly from: string;
  /** The administrators' addresses; each gets its own copy, so that one that is refused holds up nobody else's. */
  readonly to: readonly string[];
  readonly timeouts?: SmtpTimeouts | undefined;
}

/** Mail by SMTP: a conversation for each message, since they are few. */
export function createSmtpChannel(options: SmtpChannelOptions): Channel {
  const { smtp, to } = options;
  return {
    kind: 'smtp',
    target: `${to.join(', ')} through ${smtp.host}:${smtp.port}`,
    recipients: to,
    async send(mail, recipient, signal): Promise<SendResult> {
      try {
        await sendBySmtp(options, mail, recipient, signal);
        return { kind: 'sent' };
      } catch (error) {
        signal.throwIfAborted();
        const { message, verdict, scope } = explainFailure(error, smtp);
        return verdict === 'refused'
          ? { kind: 'refused', error: message }
          : { kind: 'try_later', scope, error: message };
      }
    },
  };
}

/**
 * Holds one conversation: returns when the server has taken the mail over.
 *
 * @param recipient envelope address; empty for all that the mail names
 * @throws what nodemailer throws; `explainFailure` puts it into words
 */
export async function sendBySmtp(
  { smtp, from, timeouts = SMTP_TIMEOUTS }: SmtpChannelOptions,
  mail: Mail,
  recipient: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const transport = createTransport(transportOptions(smtp, timeouts));
  const tooLong = AbortSignal.timeout(timeouts.totalMs);
  try {
    await transport.sendMail({
      ...toNodemailer(mail, from),
      envelope: { from, to: recipient === '' ? [...mail.to] : [recipient] },
      signal: signal === undefined ? tooLong : AbortSignal.any([signal, tooLong]),
    });
  } finally {
    transport.close();
  }
}

function transportOptions(smtp: SmtpConfig, timeouts: SmtpTimeouts) {
  return {
    host: smtp.host,
    port: smtp.port,
    secure: smtp.tls === 'implicit',
    requireTLS: smtp.tls === 'starttls',
    ignoreTLS: smtp.tls === 'none',
    tls: { minVersion: 'TLSv1.2' as const, ca: smtp.ca },
    auth: smtp.user === undefined ? undefined : { user: smtp.user, pass: smtp.password ?? '' },
    // Who gave a password wants it used; without this nodemailer sends without it when the server does not ask.
    forceAuth: smtp.user !== undefined,
    connectionTimeout: timeouts.connectMs,
    dnsTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.socketMs,
  };
}
