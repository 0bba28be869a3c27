import type { Mail } from '../mail/mail.ts';

/**
 * How sending went. `try_later` with scope `channel`: nothing can be sent just now (server away, password wrong), so the
 * other messages need not be tried; with scope `message`: this one was put off. `refused`: it will never be taken.
 */
export type SendResult =
  | { readonly kind: 'sent' }
  | { readonly kind: 'try_later'; readonly scope: 'message' | 'channel'; readonly error: string }
  | { readonly kind: 'refused'; readonly error: string };

/** A way for messages to reach people. */
export interface Channel {
  readonly kind: 'smtp' | 'eml';
  /** Where to, for people. */
  readonly target: string;
  /** Envelope addresses to queue a mail for, one message each. */
  readonly recipients: readonly string[];
  /** Sends a mail to one of them. Returns `sent` only when the other side has taken over, and never throws for a fault of its. */
  send(mail: Mail, recipient: string, signal: AbortSignal): Promise<SendResult>;
}
