import { resolve, sep } from 'node:path';
import { formatByteSize } from './byte-size.ts';
import { channelRules, missingTopic } from './channel-rules.ts';
import type { Problem } from './problems.ts';
import type { Secrets } from './read-secrets.ts';
import { ruleRules } from './rule-rules.ts';
import type { CheckedConfig } from './schema.ts';
import { type CheckedSmtp, smtpKeysOf } from './smtp-keys.ts';
import { isHttpUrl } from './values-alerts.ts';

/**
 * The rules between keys: what is allowed by itself and makes no sense together.
 *
 * @param directory where relative paths begin
 */
export function brokenRules(config: CheckedConfig, directory: string): readonly Problem[] {
  return [
    ...certificateRules(config),
    ...smtpRules(config),
    ...channelRules(config),
    ...directoryRules(config, directory),
    ...retentionRules(config),
    ...quietHoursRules(config),
    ...ruleRules(config),
  ];
}

/** What is wrong with secrets that were read from files; never shows them. */
export function brokenSecrets({ alerts }: CheckedConfig, secrets: Secrets): readonly Problem[] {
  return Object.entries(alerts.channels).flatMap(([name, { kind }]) => {
    const key = `alerts.channels.${name}.url_file`;
    const url = secrets.get(key);
    if (url === undefined) return [];
    return isHttpUrl(url)
      ? missingTopic(name, kind, url)
      : [{ key, text: `${key} must hold a URL that begins with https:// or http://` }];
  });
}

function certificateRules({ receiver }: CheckedConfig): readonly Problem[] {
  const { certificate_file: certificate, key_file: key } = receiver;
  return [
    ...when(certificate !== undefined && key === undefined, {
      key: 'receiver.key_file',
      text: 'receiver.key_file is missing; receiver.certificate_file needs it',
    }),
    ...when(key !== undefined && certificate === undefined, {
      key: 'receiver.certificate_file',
      text: 'receiver.certificate_file is missing; receiver.key_file needs it',
    }),
  ];
}

function smtpRules({ mail }: CheckedConfig): readonly Problem[] {
  return smtpKeysOf(mail.smtp).flatMap(({ key, server }) => serverRules(key, server));
}

function serverRules(key: string, smtp: CheckedSmtp): readonly Problem[] {
  const hasPassword = smtp.password !== undefined || smtp.password_file !== undefined;
  return [
    ...when(smtp.password !== undefined && smtp.password_file !== undefined, {
      key: `${key}.password_file`,
      text: `${key}.password and ${key}.password_file are both given; only one of them may be`,
    }),
    ...when(smtp.user !== undefined && !hasPassword, {
      key: `${key}.user`,
      text: `${key}.user is ${JSON.stringify(smtp.user)}, but neither ${key}.password nor ${key}.password_file is given`,
    }),
    ...when(smtp.user === undefined && hasPassword, {
      key: `${key}.user`,
      text: `${key}.user is missing; a password needs the user whose it is`,
    }),
    ...when(smtp.port === 465 && smtp.tls !== 'implicit', {
      key: `${key}.tls`,
      text: `${key}.tls is "${smtp.tls}", but must be "implicit" on port 465, where nothing is said before encryption`,
    }),
    ...when(smtp.tls === 'none' && smtp.ca_file !== undefined, {
      key: `${key}.ca_file`,
      text: `${key}.ca_file is given, but ${key}.tls is "none": there is nothing to trust`,
    }),
  ];
}

function directoryRules(config: CheckedConfig, directory: string): readonly Problem[] {
  const mirror = resolve(directory, config.to_directory);
  const receiver = resolve(directory, config.receiver.data_directory);
  const sender = resolve(directory, config.sender.data_directory);
  return [
    ...when(receiver === sender, {
      key: 'sender.data_directory',
      text: `sender.data_directory is ${JSON.stringify(sender)}, as is receiver.data_directory; each needs its own`,
    }),
    ...when(isNested(mirror, receiver), {
      key: 'to_directory',
      text: `to_directory is ${JSON.stringify(mirror)}, but must lie outside of receiver.data_directory, and the other way round`,
    }),
    ...when(isNested(mirror, sender), {
      key: 'to_directory',
      text: `to_directory is ${JSON.stringify(mirror)}, but must lie outside of sender.data_directory, and the other way round`,
    }),
  ];
}

/** A segment is dropped as a whole, so a copy that may not hold one could never be kept within its limit. */
function retentionRules(config: CheckedConfig): readonly Problem[] {
  const segment = config.log.segment_bytes;
  const { receiver, sender, mirror } = config;
  return Object.entries({ receiver, sender, mirror }).flatMap(([section, { retention }]) => {
    const key = `${section}.retention.bytes`;
    const { bytes } = retention;
    if (bytes === undefined || bytes >= segment) return [];
    const text = `${key} is ${formatByteSize(bytes)}, but must be no less than log.segment_bytes, ${formatByteSize(segment)}`;
    return [{ key, text }];
  });
}

function quietHoursRules({ alerts: { quiet_hours: quiet } }: CheckedConfig): readonly Problem[] {
  const missing = quiet.from === undefined ? 'from' : 'to';
  return [
    ...when((quiet.from === undefined) !== (quiet.to === undefined), {
      key: `alerts.quiet_hours.${missing}`,
      text: `alerts.quiet_hours.${missing} is missing; quiet hours need a beginning and an end`,
    }),
    ...when(quiet.from !== undefined && quiet.from === quiet.to, {
      key: 'alerts.quiet_hours.to',
      text: `alerts.quiet_hours.to is "${quiet.to}", as is alerts.quiet_hours.from; that is no time at all`,
    }),
  ];
}

/** Whether one of two absolute paths is the other or lies below it. */
function isNested(one: string, other: string): boolean {
  return `${one}${sep}`.startsWith(`${other}${sep}`) || `${other}${sep}`.startsWith(`${one}${sep}`);
}

function when(isBroken: boolean, problem: Problem): readonly Problem[] {
  return isBroken ? [problem] : [];
}
