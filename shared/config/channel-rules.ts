import type { Problem } from './problems.ts';
import type { CheckedConfig } from './schema.ts';

type CheckedChannel = CheckedConfig['alerts']['channels'][string];

/** The rules between the keys of `alerts.channels`. */
export function channelRules({ alerts }: CheckedConfig): readonly Problem[] {
  return Object.entries(alerts.channels).flatMap(([name, channel]) => [
    ...['url', 'token', 'secret'].flatMap((field) => givenTwice(name, channel, field)),
    ...missingUrl(name, channel),
    ...ofOtherKinds(name, channel),
    ...missingTopic(name, channel.kind, channel.url),
  ]);
}

function givenTwice(name: string, channel: CheckedChannel, field: string): readonly Problem[] {
  const given = Object.entries(channel).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  if (!given.includes(field) || !given.includes(`${field}_file`)) return [];
  const key = `alerts.channels.${name}.${field}_file`;
  const text = `alerts.channels.${name}.${field} and ${key} are both given; only one of them may be`;
  return [{ key, text }];
}

function missingUrl(name: string, { url, url_file: file }: CheckedChannel): readonly Problem[] {
  if (url !== undefined || file !== undefined) return [];
  const key = `alerts.channels.${name}.url`;
  return [{ key, text: `${key} is missing; a channel needs it, or url_file` }];
}

function ofOtherKinds(name: string, { kind, ...given }: CheckedChannel): readonly Problem[] {
  const hasToken = given.token !== undefined || given.token_file !== undefined;
  const hasSecret = given.secret !== undefined || given.secret_file !== undefined;
  return [
    ...(hasToken && kind !== 'webhook' && kind !== 'ntfy' ? [unused(name, kind, 'token')] : []),
    ...(hasSecret && kind !== 'webhook' ? [unused(name, kind, 'secret')] : []),
  ];
}

function unused(name: string, kind: string, field: string): Problem {
  const key = `alerts.channels.${name}.${field}`;
  return { key, text: `${key} is given, but a channel of kind "${kind}" has no use for it` };
}

/** Also for a url that was read from a file. */
export function missingTopic(name: string, kind: string, url: string | undefined): readonly Problem[] {
  if (kind !== 'ntfy' || url === undefined || new URL(url).pathname.replaceAll('/', '') !== '') return [];
  const key = `alerts.channels.${name}.url`;
  return [
    { key, text: `${key} names a server and no topic; ntfy needs both, such as "https://ntfy.sh/TOPIC"` },
  ];
}
