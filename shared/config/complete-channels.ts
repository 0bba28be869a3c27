import type { ChannelConfig } from './config.ts';
import type { Secrets } from './read-secrets.ts';
import type { CheckedConfig } from './schema.ts';

type CheckedChannels = CheckedConfig['alerts']['channels'];

/** The channels with what their files hold. One whose url was not read (see `forNode` in load.ts) is left out. */
export function completeChannels(channels: CheckedChannels, secrets: Secrets): ChannelConfig[] {
  return Object.entries(channels).flatMap(([name, channel]) => {
    const held = (field: string) => secrets.get(`alerts.channels.${name}.${field}`);
    const { kind, severities, nodes } = channel;
    const url = channel.url ?? held('url_file');
    const token = channel.token ?? held('token_file');
    const secret = channel.secret ?? held('secret_file');
    return url === undefined ? [] : [{ name, kind, url, token, secret, severities, nodes }];
  });
}
