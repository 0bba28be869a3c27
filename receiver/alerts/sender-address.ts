import { hostname } from 'node:os';
import type { SmtpConfig } from './channels/smtp/config.ts';

/** The address that mails come from: the configured one, else the SMTP user if that is an address, else this machine. */
export function senderAddress(mail: {
  readonly smtp?: SmtpConfig | undefined;
  readonly from?: string | undefined;
}): string {
  if (mail.from !== undefined) return mail.from;
  const user = mail.smtp?.user;
  if (user?.includes('@') === true) return user;
  const host = hostname()
    .replace(/[^a-zA-Z0-9.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return `fleetkeep@${host === '' ? 'localhost' : host}`;
}
