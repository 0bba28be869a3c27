import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';
import type { NodemailerError, SendMailOptions } from 'nodemailer';
import type { Letter } from './mail.ts';
import type { SmtpConfig, SmtpTimeouts } from './smtp-config.ts';

/** What nodemailer tells of a failure. */
export type MailFailure = Partial<NodemailerError>;

/** Where a mail goes. */
export interface Transmission {
  readonly smtp: SmtpConfig;
  readonly timeouts: SmtpTimeouts;
  readonly from: string;
  /** Envelope addresses. */
  readonly recipients: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Holds one SMTP conversation: returns when the server has taken the mail over.
 *
 * @throws {@link MailFailure}
 */
export async function transmitMail(mail: Letter, transmission: Transmission): Promise<void> {
  const { smtp, timeouts, from, recipients, signal } = transmission;
  const { createTransport } = await loadNodemailer();
  const transport = createTransport(transportOptions(smtp, timeouts, from));
  try {
    await transport.sendMail({
      ...toNodemailer(mail, from),
      envelope: { from: splitAddress(from).address, to: recipients.map((one) => splitAddress(one).address) },
      signal,
    });
  } finally {
    transport.close();
  }
}

/**
 * Talks with a server up to the login, without sending anything.
 *
 * @throws {@link MailFailure}
 */
export async function logInTo(smtp: SmtpConfig, timeouts: SmtpTimeouts, from: string): Promise<void> {
  const { createTransport } = await loadNodemailer();
  const transport = createTransport(transportOptions(smtp, timeouts, from));
  try {
    await transport.verify();
  } finally {
    transport.close();
  }
}

/** The mail as it would travel, RFC 5322 with CRLF. */
export async function renderMail(mail: Letter, from: string): Promise<Buffer> {
  const { createTransport } = await loadNodemailer();
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message } = await transport.sendMail(toNodemailer(mail, from));
  if (!Buffer.isBuffer(message)) throw new Error('nodemailer gave a stream where a buffer was asked for');
  return message;
}

/** When there is a mail, since it takes 4 MiB and most programs have none to send for weeks. */
async function loadNodemailer() {
  return await import('nodemailer');
}

/** A mail in nodemailer's words. The same mail always becomes the same bytes, so a repeat is recognisable as one. */
function toNodemailer(mail: Letter, from: string): SendMailOptions {
  return {
    from: { name: 'Fleetkeep', ...splitAddress(from) },
    to: mail.to.map((address) => ({ name: '', ...splitAddress(address) })),
    subject: mail.subject,
    date: new Date(mail.dateMs),
    messageId: mail.messageId,
    ...(mail.references.length === 0
      ? {}
      : { inReplyTo: mail.references.at(-1), references: [...mail.references] }),
    headers: {
      // RFC 3834, section 5: keeps holiday replies away; the second is what Exchange understands.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      // RFC 2919: what people sort their mail by.
      'List-Id': `Fleetkeep alerts <alerts.${domainOf(mail.messageId)}>`,
    },
    text: mail.text,
    html: imageIds(mail).reduce(
      (html, { cid, id }) => html?.replaceAll(`"cid:${cid}"`, `"cid:${id}"`),
      mail.html,
    ),
    attachments: imageIds(mail).map(({ cid, id, png }) => ({
      ...{ filename: `${cid}.png`, contentType: 'image/png', contentDisposition: 'inline' as const },
      ...{ cid: id, content: Buffer.from(png, 'base64') },
    })),
    baseBoundary: createHash('sha256').update(mail.messageId).digest('hex').slice(0, 24),
    // A mail is made of what is in it: nothing may ever make the receiver read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** `Ann <ann@example.org>` in its two parts; an address alone has no name. */
function splitAddress(text: string): { readonly name?: string; readonly address: string } {
  const [, name, address] = /^(.+) <(.+)>$/.exec(text) ?? [];
  return name === undefined || address === undefined ? { address: text } : { name, address };
}

function domainOf(messageId: string): string {
  return messageId.slice(messageId.lastIndexOf('@') + 1, -1);
}

/** The pictures, each under an id that no other mail has (RFC 2392). */
function imageIds({ images = [], messageId }: Letter) {
  return images.map((image) => ({ ...image, id: `${image.cid}.${messageId.slice(1, -1)}` }));
}

/**
 * What to say in EHLO: a name with a dot, which servers want to see (RFC 5321, section 4.1.1.1). Undefined where the address has
 * none: nodemailer then takes the host name if that has a dot, else `[127.0.0.1]`.
 */
function ehloName(from: string): string | undefined {
  const { address } = splitAddress(from);
  const name = domainToASCII(address.slice(address.lastIndexOf('@') + 1));
  return name.includes('.') ? name : undefined;
}

function transportOptions(smtp: SmtpConfig, timeouts: SmtpTimeouts, from: string) {
  return {
    host: smtp.host,
    port: smtp.port,
    name: smtp.name ?? ehloName(from),
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
