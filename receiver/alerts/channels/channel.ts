import type { SendResult } from '../../../shared/mail/send-result.ts';
import type { Mail } from '../mail/mail.ts';

export type { SendResult } from '../../../shared/mail/send-result.ts';

/** Name of the channel that mails to the administrators take; no other may have it. */
export const MAIL_CHANNEL = 'mail';

/** What a channel is made of. */
export type ChannelKind = 'smtp' | 'eml' | 'webhook' | 'ntfy' | 'slack' | 'mattermost' | 'discord';

/** A way for messages to reach people. */
export interface Channel {
  /** Its name in `alerts.channels`, or {@link MAIL_CHANNEL}. */
  readonly name: string;
  readonly kind: ChannelKind;
  /** Where to, for people; holds no secret. */
  readonly target: string;
  /** Envelope addresses to queue a mail for, one message each; one that is empty for a channel without addresses. */
  readonly recipients: readonly string[];
  /** Sends a mail to one of them. Returns `sent` only when the other side has taken over, and never throws for a fault of its. */
  send(mail: Mail, recipient: string, signal: AbortSignal): Promise<SendResult>;
}
