import { hostname } from 'node:os';
import { type MailOptions, smtpServersOf } from './mail-options.ts';

/** The address that mails come from, perhaps with a name: the configured one, else the SMTP user if that is an address, else this machine. */
export function senderAddress(mail: Pick<MailOptions, 'smtp' | 'from'>): string {
  if (mail.from !== undefined) return mail.from;
  const user = smtpServersOf(mail)[0]?.user;
  if (user?.includes('@') === true) return user;
  const host = hostname()
    .replace(/[^a-zA-Z0-9.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return `fleetkeep@${host === '' ? 'localhost' : host}`;
}
