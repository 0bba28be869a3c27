import type { CheckedConfig } from './schema.ts';

type Smtp = CheckedConfig['mail']['smtp'];

/** One mail server as it stands in config.json. */
export type CheckedSmtp = Exclude<NonNullable<Smtp>, readonly unknown[]>;

/** The mail servers, each with the dotted key under which it stands: `mail.smtp`, or `mail.smtp[0]` in a list. */
export function smtpKeysOf(smtp: Smtp): readonly { readonly key: string; readonly server: CheckedSmtp }[] {
  if (smtp === undefined) return [];
  if (!Array.isArray(smtp)) return [{ key: 'mail.smtp', server: smtp }];
  return smtp.map((server, index) => ({ key: `mail.smtp[${index}]`, server }));
}
