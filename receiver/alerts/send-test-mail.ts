import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../shared/errors/errors.ts';
import type { MailOptions } from './alerts.ts';
import { createEmlChannel } from './channels/eml/send.ts';
import type { SmtpTimeouts } from './channels/smtp/config.ts';
import { explainFailure } from './channels/smtp/explain-failure.ts';
import { sendBySmtp } from './channels/smtp/send.ts';
import { cleanText } from './mail/clean-text.ts';
import { type Block, renderHtml, renderText } from './mail/document.ts';
import { formatMoment } from './mail/format-time.ts';
import type { Mail } from './mail/mail.ts';
import { senderAddress } from './sender-address.ts';

/** Options of {@link sendTestMail}. */
export interface SendTestMailOptions {
  readonly mail: MailOptions;
  /** The data directory, for the `.eml` file when no SMTP server is configured. */
  readonly directory: string;
  readonly timeouts?: SmtpTimeouts | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where a test mail went. */
export interface SentTestMail {
  readonly channel: 'smtp' | 'eml';
  /** The recipients, or the directory. */
  readonly target: string;
}

/**
 * Sends a mail at once, past the outbox, on the way that real ones take, for the command `test-email`.
 *
 * @throws UserError `MAIL_FAILED` that says in words what went wrong and what to do about it
 */
export async function sendTestMail(options: SendTestMailOptions): Promise<SentTestMail> {
  const { smtp, to } = options.mail;
  const from = senderAddress(options.mail);
  const mail = testMail(from, to);
  if (smtp === undefined || to.length === 0) return writeTestMail(options, from, mail);
  for (const recipient of to) {
    try {
      await sendBySmtp({ ...options, smtp, from, to }, mail, recipient, options.signal);
    } catch (cause) {
      options.signal?.throwIfAborted();
      const { message, hint } = explainFailure(cause, smtp);
      const what = `the test mail to ${cleanText(recipient)} was not sent: ${message}`;
      throw new UserError('MAIL_FAILED', what, { hint });
    }
  }
  return { channel: 'smtp', target: to.join(', ') };
}

async function writeTestMail(options: SendTestMailOptions, from: string, mail: Mail): Promise<SentTestMail> {
  const directory = join(options.directory, 'mail');
  const channel = createEmlChannel({ directory, from, keptFiles: options.mail.keptFiles ?? 500 });
  const result = await channel.send(mail, '', options.signal ?? new AbortController().signal);
  if (result.kind !== 'sent') {
    const hint = 'This user must be able to write into the data directory.';
    throw new UserError('MAIL_FAILED', `cannot write the test mail into ${directory}: ${result.error}`, {
      hint,
    });
  }
  return { channel: 'eml', target: directory };
}

function testMail(from: string, to: readonly string[]): Mail {
  const dateMs = Date.now();
  const host = cleanText(hostname(), 64);
  const blocks: readonly Block[] = [
    { kind: 'headline', text: 'Mail from this receiver arrives.' },
    {
      kind: 'facts',
      facts: [
        ['receiver', host],
        ['sent', formatMoment(dateMs)],
      ],
    },
    { kind: 'text', text: 'Nothing is wrong; somebody asked for this with test-email.' },
  ];
  return {
    messageId: `<test-${randomUUID()}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    references: [],
    subject: `[fleetkeep] test mail from ${host}`,
    text: renderText(blocks),
    html: renderHtml(blocks),
    dateMs,
    to,
  };
}
