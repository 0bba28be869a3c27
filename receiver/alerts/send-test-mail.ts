import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { UsageError, UserError } from '../../shared/errors/errors.ts';
import { cleanText } from '../../shared/mail/clean-text.ts';
import { smtpServersOf } from '../../shared/mail/sender-address.ts';
import type { SmtpTimeouts } from '../../shared/mail/smtp-config.ts';
import { formatMoment } from '../../shared/time/format-time.ts';
import { type ChannelKind, MAIL_CHANNEL, type SendResult } from './channels/channel.ts';
import { openChannels } from './channels/open-channels.ts';
import { type Block, renderHtml, renderText } from './mail/document.ts';
import type { Mail } from './mail/mail.ts';
import type { MailOptions } from './mail-options.ts';

/** Options of {@link sendTestMail}. */
export interface SendTestMailOptions {
  readonly mail: MailOptions;
  /** The data directory, for the `.eml` file when no SMTP server is configured. */
  readonly directory: string;
  readonly timeouts?: SmtpTimeouts | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where a test message went. */
export interface SentTest {
  readonly channel: ChannelKind;
  /** The recipients, the directory, or the host. */
  readonly target: string;
}

/** One test mail to one recipient by one server, and what became of it. */
export interface TestTry {
  readonly channel: ChannelKind;
  /** The recipient, or the directory. */
  readonly target: string;
  /** `HOST:PORT`; undefined where mails are written as files. */
  readonly server: string | undefined;
  readonly result: SendResult;
}

const NEVER = new AbortController().signal;

/**
 * Sends a mail at once to each recipient, past the outbox, on the way that real ones take, for the command `test-email`. With several
 * servers each has to take one: a fallback that does not work is better known before it is needed. All are tried, whatever becomes of
 * the first.
 *
 * @throws the reason of `signal`
 */
export async function tryTestMails(options: SendTestMailOptions): Promise<readonly TestTry[]> {
  const { mail, directory, timeouts, signal = NEVER } = options;
  const servers = smtpServersOf(mail);
  const ways = servers.length > 0 ? servers.map((smtp) => ({ ...mail, smtp })) : [mail];
  const tries: TestTry[] = [];
  for (const way of ways) {
    const { channels, domain } = openChannels({ mail: way, directory, smtpTimeouts: timeouts });
    const [{ kind, target, recipients, send }] = channels;
    for (const recipient of recipients) {
      const result = await send(testMail(domain, mail.to, 'test-email'), recipient, signal);
      tries.push({
        channel: kind,
        target: recipient === '' ? target : recipient,
        server: serverOf(way),
        result,
      });
    }
  }
  return tries;
}

function serverOf(mail: MailOptions): string | undefined {
  const [server] = smtpServersOf(mail);
  return server && `${server.host}:${server.port}`;
}

/**
 * As {@link tryTestMails}, for who only wants to know whether all went well.
 *
 * @throws UserError `MAIL_FAILED` that says in words what went wrong with the first that was not sent and what to do about it
 */
export async function sendTestMail(options: SendTestMailOptions): Promise<SentTest> {
  const { mail, directory } = options;
  for (const { target, channel, result } of await tryTestMails(options)) {
    throwUnlessSent(result, channel === 'smtp' ? `the test mail to ${cleanText(target)}` : 'the test mail');
  }
  const { kind, target } = openChannels({ mail, directory }).channels[0];
  return { channel: kind, target: kind === 'smtp' ? mail.to.join(', ') : target };
}

/** Options of {@link sendTestMessage}. */
export interface SendTestMessageOptions extends SendTestMailOptions {
  /** Name of the channel. */
  readonly name: string;
}

/**
 * The same for any channel, for the command `test-channel`.
 *
 * @throws UserError `USAGE` when no channel has that name, `MAIL_FAILED` as {@link sendTestMail}
 */
export async function sendTestMessage(options: SendTestMessageOptions): Promise<SentTest> {
  const { name, mail, directory, signal = NEVER } = options;
  if (name === MAIL_CHANNEL) return sendTestMail(options);
  const { channels, domain } = openChannels({ mail, directory });
  const channel = channels.find((one) => one.name === name);
  if (channel === undefined) {
    const known = channels.map((one) => one.name).join(', ');
    throw new UsageError('USAGE', `no channel is called ${cleanText(name)}`, {
      hint: `There are: ${known}. More can be added as alerts.channels in config.json.`,
    });
  }
  const test = testMail(domain, mail.to, 'test-channel');
  throwUnlessSent(await channel.send(test, '', signal), `the test message to ${name}`);
  return { channel: channel.kind, target: channel.target };
}

function throwUnlessSent(result: SendResult, what: string): void {
  if (result.kind === 'sent') return;
  throw new UserError('MAIL_FAILED', `${what} was not sent: ${result.error}`, {
    hint: result.hint ?? 'This user must be able to write into the data directory.',
  });
}

function testMail(domain: string, to: readonly string[], command: string): Mail {
  const dateMs = Date.now();
  const host = cleanText(hostname(), 64);
  const blocks: readonly Block[] = [
    { kind: 'headline', text: 'Messages from this receiver arrive.' },
    {
      kind: 'facts',
      facts: [
        ['receiver', host],
        ['sent', formatMoment(dateMs)],
      ],
    },
    { kind: 'text', text: `Nothing is wrong; somebody asked for this with ${command}.` },
  ];
  return {
    messageId: `<test-${randomUUID()}@${domain}>`,
    references: [],
    subject: `[fleetkeep] test mail from ${host}`,
    text: renderText(blocks),
    html: renderHtml(blocks),
    dateMs,
    to,
    notice: { headline: 'Messages from this receiver arrive.', alerts: [] },
  };
}
