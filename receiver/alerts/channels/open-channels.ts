import { join } from 'node:path';
import { senderAddress, smtpServersOf } from '../../../shared/mail/sender-address.ts';
import type { SmtpTimeouts } from '../../../shared/mail/smtp-config.ts';
import type { MailOptions } from '../mail-options.ts';
import type { Destination } from '../outbox/post-office.ts';
import { type Channel, MAIL_CHANNEL } from './channel.ts';
import { createEmlChannel } from './eml/send.ts';
import { openChannel } from './open-channel.ts';
import { createSmtpChannel } from './smtp/send.ts';
import { wantsAlert } from './wants-alert.ts';

/** `.eml` files kept where nothing else is said. */
const KEPT_FILES = 500;

/** Options of {@link openChannels}. */
export interface OpenChannelsOptions {
  readonly mail: MailOptions;
  /** The data directory. */
  readonly directory: string;
  readonly smtpTimeouts?: SmtpTimeouts | undefined;
}

/** All ways that messages take. */
export interface Channels {
  /** That of mails first. */
  readonly channels: readonly [Channel, ...Channel[]];
  /** The same for the post office. */
  readonly destinations: readonly Destination[];
  /** Right side of Message-IDs. */
  readonly domain: string;
}

/** Makes the channels of the configuration. Opens no connection. */
export function openChannels(options: OpenChannelsOptions): Channels {
  const { channels: configs = [], linkBase } = options.mail;
  const mail = mailChannel(options);
  const others = configs.map((config) => ({ config, channel: openChannel(config, { linkBase }) }));
  const from = senderAddress(options.mail);
  return {
    channels: [mail, ...others.map(({ channel }) => channel)],
    destinations: [
      { name: mail.name, recipients: mail.recipients, hasAddresses: mail.kind === 'smtp', wants: () => true },
      ...others.map(({ config, channel }) => ({
        name: channel.name,
        recipients: channel.recipients,
        hasAddresses: false,
        wants: (alert: Parameters<Destination['wants']>[0]) => wantsAlert(config, alert),
      })),
    ],
    domain: from.slice(from.lastIndexOf('@') + 1).replace(/>$/, ''),
  };
}

/** SMTP where a server and a recipient are known, else files. */
function mailChannel({ mail, directory, smtpTimeouts }: OpenChannelsOptions): Channel {
  const servers = smtpServersOf(mail);
  const from = senderAddress(mail);
  const { to, keptFiles = KEPT_FILES } = mail;
  return servers.length > 0 && to.length > 0
    ? createSmtpChannel({ servers, from, to, timeouts: smtpTimeouts })
    : createEmlChannel({ name: MAIL_CHANNEL, directory: join(directory, 'mail'), from, keptFiles });
}
