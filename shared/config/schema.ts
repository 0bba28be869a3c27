import { z } from 'zod';
import { alerts } from './schema-alerts.ts';
import { history } from './schema-history.ts';
import { mail } from './schema-mail.ts';
import { nodes } from './schema-nodes.ts';
import { receiver } from './schema-receiver.ts';
import { keepForever } from './schema-retention.ts';
import { sender } from './schema-sender.ts';
import { web } from './schema-web.ts';
import { cronExpression, directory, host, mailAddresses, seconds, size } from './values.ts';
import { timeZone } from './values-alerts.ts';

export type { Config } from './config.ts';

const log = z
  .strictObject({
    segment_bytes: size(2 ** 16, 2 ** 30)
      .prefault('64 MiB')
      .describe(
        'Size in bytes at which a segment of the log is sealed: compressed, and recorded with its SHA-256. ' +
          'It is sealed at midnight UTC too.',
      ),
  })
  .prefault({})
  .describe('The log, as the sender writes it.');

const mirror = z
  .strictObject({
    schedule: cronExpression
      .default('0 * * * *')
      .describe(
        'When the mirror is brought up to date: a cron expression as in crontab(5), or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. ' +
          'Where the day of the month and the weekday are both given, one of them is enough.',
      ),
    time_zone: timeZone
      .default('UTC')
      .describe(
        'Time zone of `schedule`, such as "Europe/Berlin". In UTC no run is moved when clocks change to summer time and back.',
      ),
    allow_same_device: z
      .boolean()
      .default(false)
      .describe(
        'Whether the mirror may lie on the same drive as the logs, where it survives a mistake but no broken drive.',
      ),
    require_mount_point: z
      .boolean()
      .default(false)
      .describe(
        'Whether `to_directory` must be a mount point, so that nothing is written below it while the drive is missing.',
      ),
    hang_seconds: seconds(3, 3600)
      .default(120)
      .describe(
        'After how many seconds in which nothing could be read or written the second drive counts as hanging, and you are told.',
      ),
    retention: keepForever.describe('How long the mirror keeps the log of each node.'),
  })
  .prefault({})
  .describe('The copy on the secondary drive, in `to_directory`.');

/**
 * The one source of config.json: types, limits, defaults and words. Validation, `config.schema.json` and
 * `docs/configuration.md` come from here. What depends on other keys or on the machine is added by `complete-config.ts`.
 */
export const configSchema = z.strictObject({
  $schema: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Where an editor finds the JSON Schema of this file.', defaultText: 'none' }),
  number_of_nodes: z
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('How many senders may be connected at the same time. One more is refused, and an alert sent.'),
  host: host
    .prefault('127.0.0.1')
    .describe('Address of the receiver: the receiver listens on it, senders connect to it.'),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(4280)
    .describe('TCP port of the receiver. With 0 it takes a free one, which only tests can use.'),
  transport: z
    .enum(['tls', 'plain_on_encrypted_network'])
    .default('tls')
    .describe(
      'How senders and receiver talk. Plain TCP is for a network that is encrypted already, such as WireGuard: everybody on the ' +
        'way can read the logs. Who may connect is checked in the same way.',
    ),
  sleeptime: seconds(0.1, 3600)
    .default(1)
    .describe(
      'Seconds between two samples. The value of the receiver is pushed to its senders. What is set on the web page overrides it until ' +
        'it is reset: `fleetkeep-receiver settings` shows that.',
    ),
  to_directory: directory
    .prefault('data/mirror')
    .describe('Directory on the secondary drive that holds the mirror of all logs.'),
  to_addr: mailAddresses
    .prefault('root@localhost')
    .describe('Mail address of the administrator, or several separated by commas.'),
  log_level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('How much the programs say of themselves on standard error.'),
  receiver,
  sender,
  log,
  mirror,
  history,
  web,
  mail,
  alerts,
  nodes,
});

/** What stands in config.json, once every key is checked and the fixed defaults are filled in. */
export type CheckedConfig = z.output<typeof configSchema>;
