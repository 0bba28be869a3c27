import { comparePositions, type Position } from '../../shared/log/position.ts';
import { readSegmentRecords } from '../../shared/log/segment-records.ts';
import type { LogReport } from '../../shared/log/verify-log.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { type CopyFinding, findingOf } from './copies-report.ts';
import type { RecordedLog } from './mirror-record.ts';

/** A log that a node of this receiver writes now, and up to where it was acknowledged. */
export interface KnownLog {
  readonly node: NodeName;
  readonly log: LogId;
  readonly position: Position | undefined;
}

/** Whether the live copy goes as far as was acknowledged. */
export async function checkLive(
  live: LogReport,
  known: KnownLog | undefined,
  isOnMirror: boolean,
): Promise<readonly CopyFinding[]> {
  const file = live.paths.open;
  const isNothing = live.segments.length === 0;
  const position = known?.position;
  if (position !== undefined && !isBeginning(position) && !(await reaches(live, position)))
    return [findingOf('live', `the receiver acknowledged ${describe(position)}; ${endOf(live)}`, { file })];
  if (isNothing && isOnMirror)
    return [findingOf('live', 'nothing is there, and the mirror has it', { file })];
  return [];
}

/** Whether the mirror goes as far as it did at its last run; `doubts` says that there was none yet. */
export async function checkMirror(
  mirror: LogReport,
  recorded: RecordedLog | undefined,
): Promise<{ readonly findings: readonly CopyFinding[]; readonly doubts: readonly string[] }> {
  if (recorded === undefined) {
    const isThere = mirror.segments.length > 0;
    const doubt = 'the mirror has no copy of it yet; fleetkeep-receiver backup now makes one';
    return { findings: [], doubts: isThere ? [] : [doubt] };
  }
  if (await reaches(mirror, recorded.end)) return { findings: [], doubts: [] };
  const what = `the mirror had ${describe(recorded.end)} at its last run; ${endOf(mirror)}`;
  return { findings: [findingOf('mirror', what, { file: mirror.paths.open })], doubts: [] };
}

/** Whether a copy goes up to a position. A segment that was sealed ends at the beginning of the next one. */
async function reaches(report: LogReport, position: Position): Promise<boolean> {
  const { droppedTo, lost } = await readSegmentRecords(report.paths);
  const last = report.segments.at(-1);
  const whole = last?.kind === 'open' ? last.number - 1 : (last?.number ?? 0);
  const next = Math.max(whole, droppedTo, ...lost.map(({ to }) => to)) + 1;
  const end = { segment: last?.number ?? 0, offset: last?.bytes ?? 0 };
  const furthest =
    comparePositions(end, { segment: next, offset: 0 }) > 0 ? end : { segment: next, offset: 0 };
  return comparePositions(furthest, position) >= 0;
}

function isBeginning({ segment, offset }: Position): boolean {
  return segment <= 1 && offset === 0;
}

function describe({ segment, offset }: Position): string {
  return offset === 0 ? `everything before segment ${segment}` : `segment ${segment} up to byte ${offset}`;
}

function endOf({ segments }: LogReport): string {
  const last = segments.at(-1);
  if (last === undefined) return 'nothing is there now';
  return `now it ends in segment ${last.number} at byte ${last.bytes}`;
}
