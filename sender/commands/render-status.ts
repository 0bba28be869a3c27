import { formatDuration, formatRelative } from '../../shared/cli/format.ts';
import { printable } from '../../shared/cli/table.ts';
import { LIVE_BACKLOG_BYTES } from '../../shared/protocol/protocol.ts';
import type { LostSegment, SenderStatus } from '../status.ts';

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
    ...renderDoubt(status.uplink.doubt, nowMs),
    ...log.lost.map((lost) => ['lost', renderLost(lost, nowMs)]),
    ['receiver', renderUplink(status.uplink, nowMs)],
    ['behind', renderBehind(status)],
  ];
  return facts.map(([name = '', value = '']) => `${name.padEnd(10)}${value}\n`).join('');
}

function renderDoubt(doubt: SenderStatus['uplink']['doubt'], nowMs: number): readonly string[][] {
  if (doubt === undefined) return [];
  const readings = doubt.readings === 1 ? 'once' : `${doubt.readings} times`;
  return [['damaged', `${doubt.reason} (read ${readings}, first ${formatRelative(doubt.sinceMs, nowMs)})`]];
}

function renderLost({ segment, reason, found, file }: LostSegment, nowMs: number): string {
  const kept = file === null ? 'no file is left of it' : `kept as ${file}`;
  return `segment ${segment}, found damaged ${formatRelative(Date.parse(found), nowMs)}: ${reason}; ${kept}`;
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

/** A receiver that gathers acknowledgements lets a few samples wait, which is nothing to worry about. */
function renderBehind({ log: { end }, uplink: { kind, acknowledged } }: SenderStatus): string {
  if (acknowledged === undefined) return 'no receiver has acknowledged anything since the start';
  if (acknowledged.segment !== end.segment)
    return `the receiver is in segment ${acknowledged.segment} of ${end.segment}`;
  const bytes = end.offset - acknowledged.offset;
  if (bytes === 0) return 'nothing: the receiver has acknowledged all of it';
  const isRecent = kind === 'connected' && bytes < LIVE_BACKLOG_BYTES;
  return `${bytes} bytes are not acknowledged yet${isRecent ? ', which is normal for a few seconds' : ''}`;
}
