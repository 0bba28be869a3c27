import { formatBytes, formatDuration, formatRelative } from '../../shared/cli/format.ts';
import { printable } from '../../shared/cli/table.ts';
import { formatMoment } from '../../shared/time/format-time.ts';
import type { MirrorState } from '../backup/mirror.ts';

/** How the mirror stands, in one line. */
export function renderMirror(state: MirrorState, nowMs: number): string {
  const { directory, running, lastSuccess, problem } = state;
  if (problem !== undefined) return `${directory}: ${printable(problem.title)}. ${printable(problem.detail)}`;
  const last =
    lastSuccess === undefined
      ? 'never brought up to date yet'
      : `brought up to date ${formatRelative(lastSuccess.atMs, nowMs)}, ${formatBytes(lastSuccess.writtenBytes)} written`;
  return `${directory}, ${running === undefined ? last : `being brought up to date (${last})`}`;
}

/** When the mirror runs next, a line for each, in local time. @param timeZone of this machine, by default */
export function renderNextRuns(
  { nextRunsAtMs }: Pick<MirrorState, 'nextRunsAtMs'>,
  timeZone?: string,
): readonly (readonly [string, string])[] {
  if (nextRunsAtMs.length === 0) return [['next run', 'none: mirror.schedule names no time that comes']];
  return nextRunsAtMs.map((atMs, index) => [index === 0 ? 'next runs' : '', formatMoment(atMs, timeZone)]);
}

/** What `backup now` says about a run that succeeded. */
export function renderMirrorRun(
  writtenBytes: number,
  tookMs: number,
  logs: number,
  directory: string,
): string {
  const took = tookMs < 1000 ? 'less than a second' : formatDuration(tookMs);
  return `${logs} ${logs === 1 ? 'log is' : 'logs are'} up to date in ${directory}: ${formatBytes(writtenBytes)} written in ${took}\n`;
}
