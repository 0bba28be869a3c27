import type { Severity } from '../incidents/incident.ts';
import type { ChatConfig } from './chat/config.ts';
import type { NtfyConfig } from './ntfy/config.ts';
import type { WebhookConfig } from './webhook/config.ts';

/** What a channel is told of. */
export interface ChannelFilter {
  /** Left out: all. */
  readonly severities?: readonly Severity[] | undefined;
  /** Names, or patterns with `*`. Left out: all nodes, and what is about none. */
  readonly nodes?: readonly string[] | undefined;
}

/** A channel beside mail. */
export type ChannelConfig = ChannelFilter & {
  /** Its name in `alerts.channels`. */
  readonly name: string;
} & (WebhookConfig | NtfyConfig | ChatConfig);
