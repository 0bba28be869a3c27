import type { NoticeAlert } from '../mail/notice.ts';
import type { ChannelFilter } from './config.ts';

/** Whether a channel with this filter is told of an incident. With `nodes`, what is about no node is not for it. */
export function wantsAlert({ severities, nodes }: ChannelFilter, alert: NoticeAlert): boolean {
  if (severities !== undefined && !severities.includes(alert.severity)) return false;
  if (nodes === undefined) return true;
  const { node } = alert;
  return node !== undefined && nodes.some((pattern) => matches(pattern, node));
}

/** Whether a name fits a pattern, in which `*` stands for any characters. */
function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
