import { z } from 'zod';
import { ehloName, file, host, mailAddress } from './values.ts';

const server = z.strictObject({
  host: host.describe('The mail server.'),
  port: z.int().min(1).max(65_535).default(587).describe('Its port: 587 for `starttls`, 465 for `implicit`.'),
  name: ehloName.optional().meta({
    description:
      'What the programs call themselves when they greet the mail server (EHLO). Some servers, such as the relay of Google, refuse a name ' +
      'without a dot.',
    defaultText: 'the domain of `mail.from`',
  }),
  user: z.string().min(1).optional().meta({
    description: 'The user to log in as; needs `password` or `password_file`.',
    defaultText: 'no login',
  }),
  password: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'The password of `user`.', defaultText: 'none', isSecret: true }),
  password_file: file.optional().meta({
    description: 'A file that holds the password of `user`; a newline at its end is cut.',
    defaultText: 'none',
  }),
  tls: z
    .enum(['starttls', 'implicit', 'none'])
    .default('starttls')
    .describe(
      'How the connection is encrypted: `starttls` after the greeting, and no mail is sent without; ' +
        '`implicit` from the first byte; `none` not at all.',
    ),
  ca_file: file.optional().meta({
    description: 'Certificates (PEM) to trust, for a mail server with a certificate of its own making.',
    defaultText: 'those of Node.js',
  }),
});

const smtp = z
  .union([server, z.array(server).min(1).max(10).meta({ allowed: 'a list of up to ten such objects' })])
  .optional()
  .describe(
    'The mail server, or a list of such objects that are tried in their order. Without one, every mail is written as an .eml file.',
  );

/** Keys of mail. */
export const mail = z
  .strictObject({
    from: mailAddress.optional().meta({
      description: 'Address that the mails come from.',
      defaultText:
        '`mail.smtp.user` if that is an address, else `fleetkeep@` and the host name of the receiver',
    }),
    smtp,
  })
  .prefault({})
  .describe('How mails are sent.');
