import { formatDuration, formatRelative } from '../../shared/cli/format.ts';
import { printable } from '../../shared/cli/table.ts';
import type { SenderStatus } from '../status.ts';

/** What `status` prints for a person. */
export function renderStatus(status: SenderStatus, nowMs: number): string {
  const { log, recorder } = status;
  const facts = [
    [
      'sender',
      `${status.version}, pid ${status.pid}, up ${formatDuration(nowMs - Date.parse(status.started))}`,
    ],
    ['node', status.node],
    ['log', `${log.path}, segment ${log.end.segment}, ${log.end.offset} bytes`],
    ['samples', `${recorder.samples} since the start, one every ${status.sleeptime} s`],
    ...(recorder.losing === undefined
      ? []
      : [
          [
            'losing',
            `${recorder.losing.samples} samples ${formatRelative(recorder.losing.sinceMs, nowMs)}: ${recorder.losing.reason}`,
          ],
        ]),
    ['receiver', renderUplink(status.uplink, nowMs)],
    ['behind', renderBehind(status)],
  ];
  return facts.map(([name = '', value = '']) => `${name.padEnd(10)}${value}\n`).join('');
}

function renderUplink(uplink: SenderStatus['uplink'], nowMs: number): string {
  switch (uplink.kind) {
    case 'connected':
      return `connected to ${uplink.receiver} for ${formatDuration(nowMs - uplink.sinceMs)}`;
    case 'connecting':
      return `connecting to ${uplink.receiver}`;
    case 'waiting':
      return `${uplink.receiver} cannot be reached since ${formatRelative(uplink.sinceMs, nowMs)}: ${printable(uplink.reason)}`;
    case 'refused':
      return `${uplink.receiver} refuses: ${printable(uplink.reason)}`;
    case 'stopped':
      return 'stopped';
    default:
      return uplink satisfies never;
  }
}

function renderBehind({ log: { end }, uplink: { acknowledged } }: SenderStatus): string {
  if (acknowledged === undefined) return 'no receiver has acknowledged anything since the start';
  if (acknowledged.segment !== end.segment)
    return `the receiver is in segment ${acknowledged.segment} of ${end.segment}`;
  return `${end.offset - acknowledged.offset} bytes are not acknowledged yet`;
}
