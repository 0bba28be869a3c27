import type { Channel } from './channel.ts';
import { createChatChannel } from './chat/send.ts';
import type { ChannelConfig } from './config.ts';
import { createNtfyChannel } from './ntfy/send.ts';
import { createWebhookChannel } from './webhook/send.ts';

/** Settings that the channels by HTTP share. */
export interface HttpChannelOptions {
  /** Where the web app is reached. */
  readonly linkBase?: string | undefined;
  /** For a whole request; default 15 s. */
  readonly timeoutMs?: number | undefined;
}

/** Makes a channel of its configuration. Opens no connection. */
export function openChannel(config: ChannelConfig, options: HttpChannelOptions = {}): Channel {
  const { name } = config;
  switch (config.kind) {
    case 'webhook':
      return createWebhookChannel({ ...options, name, config });
    case 'ntfy':
      return createNtfyChannel({ ...options, name, config });
    case 'slack':
    case 'mattermost':
    case 'discord':
      return createChatChannel({ ...options, name, config });
    default:
      return config satisfies never;
  }
}
