import type { Severity } from '../../incidents/incident.ts';
import type { Mail } from '../../mail/mail.ts';
import { isFiring, severityOf } from '../../mail/notice.ts';
import type { Channel } from '../channel.ts';
import { postJson } from '../http/post-json.ts';
import { shortMessage } from '../http/short-message.ts';
import type { NtfyConfig } from './config.ts';

/** ntfy makes an attachment of what is longer than 4096 bytes. */
const MAX_BYTES = 3_500;

/** 1 to 5; 3 is ntfy's default. What is over disturbs nobody at night. */
const PRIORITIES: Readonly<Record<Severity, number>> = { critical: 5, warning: 4, info: 2 };

/** Emoji by their short names. */
const TAGS: Readonly<Record<Severity, string>> = {
  critical: 'rotating_light',
  warning: 'warning',
  info: 'information_source',
};

/** Options of {@link createNtfyChannel}. */
export interface NtfyChannelOptions {
  readonly name: string;
  readonly config: NtfyConfig;
  /** Where a touch on the message leads. */
  readonly linkBase?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Messages for phones, by ntfy.sh or a server of one's own: JSON to the server's base address, since headers hold no Unicode. */
export function createNtfyChannel({ name, config, linkBase, timeoutMs }: NtfyChannelOptions): Channel {
  const { base, topic } = splitTopic(config.url);
  return {
    name,
    kind: 'ntfy',
    // A topic is as good as a password where none is wanted.
    target: new URL(base).host,
    recipients: [''],
    send(mail, _recipient, signal) {
      const body = JSON.stringify({ topic, ...describe(mail), ...(linkBase && { click: linkBase }) });
      const headers = config.token === undefined ? {} : { Authorization: `Bearer ${config.token}` };
      return postJson({ url: base, headers, body, signal, timeoutMs });
    },
  };
}

function describe(mail: Mail) {
  const { title, text } = shortMessage(mail, MAX_BYTES);
  const severity = severityOf(mail.notice);
  const isOver = mail.notice.alerts.length > 0 && !isFiring(mail.notice);
  return {
    title,
    message: text,
    priority: isOver ? 3 : PRIORITIES[severity],
    tags: [isOver ? 'white_check_mark' : TAGS[severity]],
    // A repeat takes the place of the first (ntfy 2.16 and later). Letters, digits, - and _ only.
    sequence_id: mail.messageId
      .replace(/^<|@.*$/g, '')
      .replace(/[^a-zA-Z0-9]+/g, '-')
      .slice(0, 64),
  };
}

/** `https://ntfy.sh/my-fleet` is the topic `my-fleet` at `https://ntfy.sh/`; a server may lie below a path. */
function splitTopic(url: string): { readonly base: string; readonly topic: string } {
  const { origin, pathname } = new URL(url);
  const parts = pathname.split('/').filter((part) => part !== '');
  const topic = parts.pop() ?? '';
  return { base: `${origin}/${parts.join('/')}`, topic: decodeURIComponent(topic) };
}
