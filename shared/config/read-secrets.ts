import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errnoOf } from '../errors/errors.ts';
import type { Problem } from './problems.ts';
import type { CheckedConfig } from './schema.ts';
import { smtpKeysOf } from './smtp-keys.ts';

/** What the files hold that config.json names, by the dotted key that names them. */
export type Secrets = ReadonlyMap<string, string>;

/** What {@link readSecrets} gives. */
export interface ReadSecrets {
  readonly secrets: Secrets;
  readonly problems: readonly Problem[];
}

/**
 * Reads every file that holds a secret; a newline at its end is cut.
 *
 * @param directory where relative paths begin
 * @param isWanted whether the file under a dotted key is to be read; all are by default
 */
export async function readSecrets(
  config: CheckedConfig,
  directory: string,
  isWanted: (key: string) => boolean = () => true,
): Promise<ReadSecrets> {
  const secrets = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { key, path, what } of secretFilesOf(config)) {
    if (!isWanted(key)) continue;
    const text = await readSecret(resolve(directory, path));
    if (typeof text === 'string' && text !== '') secrets.set(key, text);
    else problems.push({ key, text: `${key} is ${JSON.stringify(path)}, ${complaintOf(text, what)}` });
  }
  return { secrets, problems };
}

interface SecretFile {
  /** The dotted key. */
  readonly key: string;
  readonly path: string;
  /** What it holds, with its article. */
  readonly what: string;
}

function secretFilesOf({ mail, alerts }: CheckedConfig): readonly SecretFile[] {
  const passwords = smtpKeysOf(mail.smtp).map(({ key, server }) => ({
    ...{ key: `${key}.password_file`, path: server.password_file, what: 'a password' },
  }));
  const channels = Object.entries(alerts.channels).flatMap(([name, channel]) => {
    const key = `alerts.channels.${name}`;
    return [
      { key: `${key}.url_file`, path: channel.url_file, what: 'a url' },
      { key: `${key}.token_file`, path: channel.token_file, what: 'a token' },
      { key: `${key}.secret_file`, path: channel.secret_file, what: 'a secret' },
    ];
  });
  return [...passwords, ...channels].flatMap(({ key, path, what }) =>
    path === undefined ? [] : [{ key, path, what }],
  );
}

/** The content, or the reason why there is none. */
async function readSecret(path: string): Promise<string | { readonly reason: string }> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    return { reason: reasonOf(cause) };
  }
}

function complaintOf(text: string | { readonly reason: string }, what: string): string {
  if (typeof text === 'string') return `but must hold ${what}; it is empty`;
  return `which cannot be read: ${text.reason}`;
}

/** The usual reasons in words; the rest as the system says it. */
export function reasonOf(cause: unknown): string {
  switch (errnoOf(cause)) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
      return 'this user may not read it';
    case 'EISDIR':
      return 'it is a directory';
    default:
      return errnoOf(cause) ?? 'for no known reason';
  }
}
