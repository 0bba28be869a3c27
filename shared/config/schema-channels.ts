import { z } from 'zod';
import { file } from './values.ts';
import { httpUrl } from './values-alerts.ts';

/** What a channel may be called; `mail` is the one that is always there. */
const CHANNEL_NAME = /^(?!mail$)[a-z0-9][a-z0-9-]{0,31}$/;

/** A node by name, or several by a pattern. */
const nodePattern = z
  .string()
  .regex(/^[a-z0-9*][a-z0-9*-]{0,62}$/)
  .meta({ allowed: 'the name of a node, or a pattern such as "web-*"' });

const secret = z.string().min(1).optional();

const channel = z
  .strictObject({
    kind: z
      .enum(['webhook', 'ntfy', 'slack', 'mattermost', 'discord'])
      .meta({ description: 'What takes the messages; `webhook` gets the JSON of Alertmanager (version 4).' }),
    url: httpUrl.optional().meta({
      description: 'Where they go, for example "https://ntfy.sh/TOPIC"; or `url_file`.',
      defaultText: 'none',
      isSecret: true,
    }),
    url_file: file.optional().meta({
      description:
        'A file that holds the url, since that of a chat is a secret; a newline at its end is cut.',
      defaultText: 'none',
    }),
    token: secret.meta({
      description: 'Access token for `webhook` and `ntfy`, sent as `Authorization: Bearer`.',
      defaultText: 'none',
      isSecret: true,
    }),
    token_file: file.optional().meta({ description: 'A file that holds the token.', defaultText: 'none' }),
    secret: secret.meta({
      description: 'Signs what is sent to a `webhook`, by HMAC-SHA256.',
      defaultText: 'none: not signed',
      isSecret: true,
    }),
    secret_file: file.optional().meta({ description: 'A file that holds the secret.', defaultText: 'none' }),
    severities: z
      .array(z.enum(['critical', 'warning', 'info']))
      .min(1)
      .optional()
      .meta({
        description: 'Which alerts it receives.',
        allowed: 'a list of "critical", "warning" and "info"',
        defaultText: 'all',
      }),
    nodes: z
      .array(nodePattern)
      .min(1)
      .optional()
      .meta({ description: 'Of which nodes.', defaultText: 'all, and what is about no node' }),
  })
  .describe('A channel.');

/** The keys of `alerts` that say where messages go. */
export const channelKeys = {
  channels: z
    .record(
      z
        .string()
        .regex(CHANNEL_NAME)
        .meta({ allowed: 'a name of 1 to 32 of a-z, 0-9 and -, other than "mail"' }),
      channel,
    )
    .default({})
    .describe(
      'Where messages go beside mail, each under a name of your own in place of NAME. `fleetkeep-receiver test-channel NAME` ' +
        'tries one.',
    ),
  queue_limit: z
    .int()
    .min(10)
    .max(100_000)
    .default(500)
    .describe(
      'Messages that may wait for one recipient while they cannot be sent. Beyond, all of them become one digest.',
    ),
  link_base: httpUrl.optional().meta({
    description: 'Where people reach the web app, such as "https://fleet.example.org"; messages link to it.',
    defaultText: 'none: no links',
  }),
};
