import { formatDuration, formatRelative } from '../../shared/cli/format.ts';
import { printable } from '../../shared/cli/table.ts';
import type { ReceiverStatus } from '../status.ts';
import { renderMirror, renderNextRuns } from './render-mirror.ts';
import { renderNodes } from './render-nodes.ts';
import { describeSetting } from './settings.ts';

/** What `status` prints for a person. */
export function renderStatus(status: ReceiverStatus, nowMs: number): string {
  const { listening, connected, number_of_nodes: limit, mail } = status;
  const mailTo = mail.channel === 'eml' ? `files in ${mail.target}` : mail.target;
  const trouble = mail.trouble === undefined ? '' : `; cannot be sent: ${printable(mail.trouble.error)}`;
  const facts = [
    [
      'receiver',
      `${status.version}, pid ${status.pid}, up ${formatDuration(nowMs - Date.parse(status.started))}`,
    ],
    [
      'listening',
      `${listening.host}, port ${listening.port}; ${connected} of at most ${limit} nodes connected`,
    ],
    ['interval', `${status.sleeptime} s`],
    ...status.settings.map((setting) => ['', describeSetting(setting, nowMs)]),
    ['data', status.data_directory],
    ['mirror', renderMirror(status.mirror, nowMs)],
    ...renderNextRuns(status.mirror),
    ['mail', `to ${mailTo}; ${mail.pending} waiting${trouble}`],
    ...mail.givenUp.map((message) => [
      '',
      `given up ${formatRelative(message.atMs, nowMs)}: ${printable(message.subject)}`,
    ]),
  ];
  const text = facts.map(([name = '', value = '']) => `${name.padEnd(10)}${value}\n`).join('');
  return status.nodes.length === 0
    ? `${text}\nno node has connected yet\n`
    : `${text}\n${renderNodes(status.nodes, nowMs)}`;
}
