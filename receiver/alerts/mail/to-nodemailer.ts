import { createHash } from 'node:crypto';
import type { SendMailOptions } from 'nodemailer';
import type { Mail } from './mail.ts';

/** A mail in nodemailer's words. The same mail always becomes the same bytes, so a repeat is recognisable as one. */
export function toNodemailer(mail: Mail, from: string): SendMailOptions {
  return {
    from: { name: 'Fleetkeep', address: from },
    to: mail.to.map((address) => ({ name: '', address })),
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
    },
    text: mail.text,
    html: mail.html,
    baseBoundary: createHash('sha256').update(mail.messageId).digest('hex').slice(0, 24),
    // A mail is made of text alone: nothing in it may ever make the receiver read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
