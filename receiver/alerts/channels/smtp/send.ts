import { sendLetter } from '../../../../shared/mail/send-letter.ts';
import type { SmtpConfig, SmtpTimeouts } from '../../../../shared/mail/smtp-config.ts';
import { type Channel, MAIL_CHANNEL } from '../channel.ts';

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
export function createSmtpChannel({ servers, from, to, timeouts }: SmtpChannelOptions): Channel {
  const names = servers.map(({ host, port }) => `${host}:${port}`);
  return {
    name: MAIL_CHANNEL,
    kind: 'smtp',
    target: `${to.join(', ')} through ${names.join(', else ')}`,
    recipients: to,
    send: (mail, recipient, signal) =>
      sendLetter(mail, {
        ...{ servers, from, timeouts, signal },
        recipients: recipient === '' ? mail.to : [recipient],
      }),
  };
}
