import { resolve } from 'node:path';
import { nodeNameFromHost } from '../names/node-name.ts';
import { completeChannels } from './complete-channels.ts';
import type { Config, DeepReadonly, SmtpConfig } from './config.ts';
import type { Secrets } from './read-secrets.ts';
import type { CheckedConfig } from './schema.ts';
import { type CheckedSmtp, smtpKeysOf } from './smtp-keys.ts';

/** What is not in config.json itself. */
export interface Surroundings {
  /** Where relative paths begin. */
  readonly directory: string;
  /** Host name of this machine. */
  readonly hostName: string;
  /** What the files hold that config.json names. */
  readonly secrets: Secrets;
}

/** Adds what depends on other keys or on the machine (invariant 4 of config.ts). */
export function completeConfig(checked: CheckedConfig, surroundings: Surroundings): Config {
  const { $schema: _, ...config } = checked;
  const { receiver, sender, mail, alerts } = config;
  const at = (path: string) => resolve(surroundings.directory, path);
  return deepFreeze({
    ...config,
    to_directory: at(config.to_directory),
    receiver: {
      ...receiver,
      data_directory: at(receiver.data_directory),
      ...(receiver.certificate_file && { certificate_file: at(receiver.certificate_file) }),
      ...(receiver.key_file && { key_file: at(receiver.key_file) }),
      listen_address: receiver.listen_address ?? config.host,
    },
    sender: {
      ...sender,
      data_directory: at(sender.data_directory),
      node_name: sender.node_name ?? nodeNameFromHost(surroundings.hostName),
      receivers: sender.receivers?.map(({ host, port = config.port }) => ({ host, port })),
    },
    mail: {
      ...mail,
      smtp: smtpKeysOf(mail.smtp).map(({ key, server }) =>
        completeSmtp(server, at, surroundings.secrets.get(`${key}.password_file`)),
      ),
    },
    alerts: { ...alerts, channels: completeChannels(alerts.channels, surroundings.secrets) },
  });
}

function completeSmtp(
  { password_file: _, ...smtp }: CheckedSmtp,
  at: (path: string) => string,
  password = smtp.password,
): SmtpConfig {
  return {
    ...smtp,
    ...(password === undefined ? {} : { password }),
    ...(smtp.ca_file === undefined ? {} : { ca_file: at(smtp.ca_file) }),
  };
}

function deepFreeze<T>(value: T): DeepReadonly<T> {
  if (typeof value === 'object' && value !== null) {
    for (const below of Object.values(value)) deepFreeze(below);
    Object.freeze(value);
  }
  return value as DeepReadonly<T>;
}
