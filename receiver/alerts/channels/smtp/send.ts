import type { Mail } from '../../mail/mail.ts';
import type { Channel, SendResult } from '../channel.ts';
import { transmitMail } from '../nodemailer.ts';
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
 * @throws MailFailure, which `explainFailure` puts into words
 */
export async function sendBySmtp(
  { smtp, from, timeouts = SMTP_TIMEOUTS }: SmtpChannelOptions,
  mail: Mail,
  recipient: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const tooLong = AbortSignal.timeout(timeouts.totalMs);
  await transmitMail(mail, {
    smtp,
    timeouts,
    from,
    recipients: recipient === '' ? mail.to : [recipient],
    signal: signal === undefined ? tooLong : AbortSignal.any([signal, tooLong]),
  });
}
