import type { SmtpConfig } from '../../shared/mail/smtp-config.ts';
import type { ChannelConfig } from './channels/config.ts';

/** How messages are sent, and to whom. */
export interface MailOptions {
  /** One server, or several that are tried in their order. Left out, or without a recipient: mails are written as `.eml` files. */
  readonly smtp?: SmtpConfig | readonly SmtpConfig[] | undefined;
  /** Sender's address. Default: the SMTP user if that is an address, else `fleetkeep@` this machine. */
  readonly from?: string | undefined;
  /** The administrators' addresses. */
  readonly to: readonly string[];
  /** How many `.eml` files are kept. Default 500. */
  readonly keptFiles?: number | undefined;
  /** Where messages go beside mail. */
  readonly channels?: readonly ChannelConfig[] | undefined;
  /** Messages that may wait for one recipient before they become a digest. Default 500. */
  readonly queueLimit?: number | undefined;
  /** Where the web app is reached; without it there are no links. */
  readonly linkBase?: string | undefined;
}
