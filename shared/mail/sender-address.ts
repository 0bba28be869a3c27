import { hostname } from 'node:os';
import type { SmtpConfig } from './smtp-config.ts';

/** How mails go out. */
export interface MailSource {
  /** One server, or several that are tried in their order. */
  readonly smtp?: SmtpConfig | readonly SmtpConfig[] | undefined;
  readonly from?: string | undefined;
}

/** The address that mails come from, perhaps with a name: the configured one, else the SMTP user if that is an address, else this machine. */
export function senderAddress(mail: MailSource): string {
  if (mail.from !== undefined) return mail.from;
  const user = smtpServersOf(mail)[0]?.user;
  if (user?.includes('@') === true) return user;
  const host = hostname()
    .replace(/[^a-zA-Z0-9.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return `fleetkeep@${host === '' ? 'localhost' : host}`;
}

/** The SMTP servers in the order in which they are tried; empty when there is none. */
export function smtpServersOf({ smtp }: MailSource): readonly SmtpConfig[] {
  if (smtp === undefined) return [];
  return isList(smtp) ? smtp : [smtp];
}

function isList(smtp: SmtpConfig | readonly SmtpConfig[]): smtp is readonly SmtpConfig[] {
  return Array.isArray(smtp);
}
