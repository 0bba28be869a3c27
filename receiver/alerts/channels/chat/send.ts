import type { Mail } from '../../mail/mail.ts';
import { isFiring, severityOf } from '../../mail/notice.ts';
import type { Channel } from '../channel.ts';
import { postJson } from '../http/post-json.ts';
import { shortMessage } from '../http/short-message.ts';
import type { ChatConfig } from './config.ts';

/** Options of {@link createChatChannel}. */
export interface ChatChannelOptions {
  readonly name: string;
  readonly config: ChatConfig;
  /** Where the web app is reached. */
  readonly linkBase?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Messages for a chat by one of its incoming webhooks. Nothing in them calls on anybody: names of hosts come from outside. */
export function createChatChannel({ name, config, linkBase, timeoutMs }: ChatChannelOptions): Channel {
  return {
    name,
    kind: config.kind,
    target: new URL(config.url).host,
    recipients: [''],
    send(mail, _recipient, signal) {
      const body = JSON.stringify(describe(mail, config.kind, linkBase));
      return postJson({ url: config.url, body, signal, timeoutMs });
    },
  };
}

function describe(mail: Mail, kind: ChatConfig['kind'], linkBase: string | undefined): object {
  switch (kind) {
    case 'slack':
      // Slack, «Formatting text for app surfaces»: with these three escaped nothing is a link or a mention.
      return { text: message(mail, linkBase, 3_000, '*', escapeForSlack) };
    case 'mattermost':
      return { text: message(mail, linkBase, 8_000, '**', breakMentions) };
    case 'discord':
      // 2000 characters at most, and nobody is mentioned whatever the text says.
      return { content: message(mail, linkBase, 1_500, '**', plain), allowed_mentions: { parse: [] } };
    default:
      return kind satisfies never;
  }
}

/** A bold sentence, and the rest as it is, in a block of its own. */
function message(
  mail: Mail,
  linkBase: string | undefined,
  maxBytes: number,
  bold: string,
  escapeText: (text: string) => string,
): string {
  const { title, text } = shortMessage(mail, maxBytes);
  // What would end the block, or the bold, early.
  const harmless = (part: string) => escapeText(part.replaceAll('`', 'ˋ'));
  const sentence = `${symbolOf(mail)} ${bold}${harmless(title.replaceAll('*', '∗'))}${bold}`;
  const block = text === '' ? '' : `\n\`\`\`\n${harmless(text)}\n\`\`\``;
  return `${sentence}${block}${linkBase === undefined ? '' : `\n${linkBase}`}`;
}

function symbolOf({ notice }: Mail): string {
  if (notice.alerts.length > 0 && !isFiring(notice)) return '✅';
  return { critical: '🔴', warning: '🟠', info: 'ℹ️' }[severityOf(notice)];
}

function escapeForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A character without width after each @: `@all` would wake everybody. */
function breakMentions(text: string): string {
  return text.replaceAll('@', '@\u200b');
}

function plain(text: string): string {
  return text;
}
