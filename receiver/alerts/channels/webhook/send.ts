import { createHmac } from 'node:crypto';
import type { Mail } from '../../mail/mail.ts';
import type { Channel } from '../channel.ts';
import { postJson } from '../http/post-json.ts';
import { alertmanagerBody } from './alertmanager-body.ts';
import type { WebhookConfig } from './config.ts';

/** Options of {@link createWebhookChannel}. */
export interface WebhookChannelOptions {
  readonly name: string;
  readonly config: WebhookConfig;
  /** Where the web app is reached. */
  readonly linkBase?: string | undefined;
  readonly timeoutMs?: number | undefined;
  /** ms since 1970. */
  readonly now?: (() => number) | undefined;
}

/**
 * Alerts for programs: the body is that of Alertmanager's webhooks, version 4, which much understands already. `Idempotency-Key`
 * is the same in every repeat of a message. With a secret, `X-Fleetkeep-Signature: t=SECONDS,v1=HEX` holds the time of sending and the
 * HMAC-SHA256 of `SECONDS.BODY`.
 */
export function createWebhookChannel(options: WebhookChannelOptions): Channel {
  const { name, config, linkBase, timeoutMs, now = Date.now } = options;
  return {
    name,
    kind: 'webhook',
    target: new URL(config.url).host,
    recipients: [''],
    send(mail, _recipient, signal) {
      const body = JSON.stringify(alertmanagerBody(mail, name, linkBase));
      return postJson({ url: config.url, headers: headersOf(mail, body), body, signal, timeoutMs });
    },
  };

  function headersOf(mail: Mail, body: string): Record<string, string> {
    const seconds = Math.floor(now() / 1000);
    return {
      'Idempotency-Key': mail.messageId.slice(1, -1),
      ...(config.token === undefined ? {} : { Authorization: `Bearer ${config.token}` }),
      ...(config.secret === undefined
        ? {}
        : { 'X-Fleetkeep-Signature': `t=${seconds},v1=${sign(config.secret, seconds, body)}` }),
    };
  }
}

function sign(secret: string, seconds: number, body: string): string {
  return createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
}
