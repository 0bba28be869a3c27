import { join } from 'node:path';
import { describeError, UserError } from '../../shared/errors/errors.ts';
import { compareLogs, type LogComparison } from '../../shared/log/compare-logs.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { comparePositions, type Position } from '../../shared/log/position.ts';
import { type LogReport, verifyLog } from '../../shared/log/verify-log.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { compareNode, type NodeDigest } from './compare-node.ts';
import type {
  CopiesReport,
  CopyFinding,
  CopyName,
  CopyReport,
  LogCopies,
  VerifyProgress,
} from './copies-report.ts';
import { findDifferences } from './find-differences.ts';
import { readMarker } from './marker.ts';
import { type LogPair, pairLogs } from './pair-logs.ts';

export type { NodeDigest } from './compare-node.ts';
export type { CopiesReport, CopyFinding, CopyReport, LogCopies, VerifyProgress } from './copies-report.ts';

/** Options of {@link verifyCopies}. */
export interface VerifyCopiesOptions {
  readonly logsRoot: string;
  /** `to_directory`. */
  readonly mirrorDirectory: string;
  /** The node whose logs are verified; all when not given. */
  readonly node?: NodeName | undefined;
  /** Asks a node what its own copy holds up to a position; undefined when it is not connected. */
  readonly nodeDigest?: ((node: NodeName, upTo: Position) => Promise<NodeDigest | undefined>) | undefined;
  /** Told now and then; the next step waits for it. */
  readonly onProgress?: ((progress: VerifyProgress) => unknown) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads every copy of the logs from beginning to end, compares them byte by byte where a checksum does not do, and names what is wrong
 * by file and offset. Writes nothing, and may be called while everything runs.
 *
 * @throws UserError `NODE_UNKNOWN` when no copy of that node's log is here; system errors; the reason of `signal`.
 */
export async function verifyCopies(options: VerifyCopiesOptions): Promise<CopiesReport> {
  const { logsRoot, mirrorDirectory, node } = options;
  const mirrorAbsence = await absenceOf(mirrorDirectory);
  const mirrorRoot = mirrorAbsence === undefined ? join(mirrorDirectory, 'logs') : undefined;
  const pairs = await pairLogs(logsRoot, mirrorRoot, node);
  if (node !== undefined && pairs.length === 0) {
    const hint = 'fleetkeep-receiver nodes lists those that are known.';
    throw new UserError('NODE_UNKNOWN', `there is no log of node ${node} here`, { hint });
  }
  const logs: LogCopies[] = [];
  for (const [index, pair] of pairs.entries()) {
    logs.push(await verifyPair(options, pair, { name: pair.name, index: index + 1, count: pairs.length }));
  }
  const isSound = mirrorAbsence === undefined && logs.every(({ findings }) => findings.length === 0);
  return { isSound, mirrorAbsence, logs };
}

async function absenceOf(directory: string): Promise<string | undefined> {
  const marker = await readMarker(directory);
  if (marker.kind === 'found') return undefined;
  if (marker.kind === 'newer') return marker.error.message;
  if (marker.kind === 'unreadable') return `the marker file of the mirror cannot be read: ${marker.detail}`;
  return `${directory} is not there or is no mirror; is the drive mounted?`;
}

type Place = Pick<VerifyProgress, 'name' | 'index' | 'count'>;

async function verifyPair(options: VerifyCopiesOptions, pair: LogPair, place: Place): Promise<LogCopies> {
  const { signal } = options;
  const live = await readCopy(options, place, 'live', pair.live);
  const mirror = pair.mirror && (await readCopy(options, place, 'mirror', pair.mirror));
  const comparison = mirror && (await compareLogs(live, mirror, { signal }));
  const asked = pair.isArchived ? undefined : await askNode(options, pair.node, endOf(live));
  const node = await compareNode(live, asked?.segments ?? [], signal);
  const findings =
    mirror === undefined || comparison === undefined
      ? findDifferences(live, { ...live, problems: [], segments: [] }, NOTHING_COMPARED, node)
      : findDifferences(live, mirror, comparison, node);
  const copies = [
    describeCopy('live', live, comparison, 'a'),
    mirror === undefined
      ? absent('mirror', 'there is no mirror')
      : describeCopy('mirror', mirror, comparison, 'b'),
    ...(asked === undefined ? [] : [describeNode(asked, endOf(live))]),
  ];
  const agreedTo = agreement([live, mirror], findings);
  return { name: pair.name, node: pair.node, log: live.id ?? mirror?.id, copies, agreedTo, findings };
}

async function readCopy(
  options: VerifyCopiesOptions,
  place: Place,
  copy: CopyName,
  paths: LogPaths,
): Promise<LogReport> {
  const { onProgress, signal } = options;
  const tell = (segment: number, bytes: number) => void onProgress?.({ ...place, copy, segment, bytes });
  return await verifyLog(paths, { signal, onProgress: onProgress && tell });
}

/** Undefined when nobody can be asked, or there is nothing to ask about. */
async function askNode(
  options: VerifyCopiesOptions,
  node: NodeName,
  upTo: Position | undefined,
): Promise<NodeDigest | undefined> {
  if (options.nodeDigest === undefined || upTo === undefined) return undefined;
  try {
    return (await options.nodeDigest(node, upTo)) ?? { error: 'not connected' };
  } catch (error) {
    options.signal?.throwIfAborted();
    return { error: describeError(error) };
  }
}

function describeCopy(
  copy: CopyName,
  report: LogReport,
  comparison: LogComparison | undefined,
  side: 'a' | 'b',
): CopyReport {
  const end = endOf(report);
  const holes = (comparison?.shortages ?? []).filter(({ which, kind }) => which === side && kind === 'hole');
  return {
    copy,
    end,
    absence: end === undefined ? 'nothing is there' : undefined,
    segments: report.segments.length,
    bytes: report.bytes,
    behindBytes: comparison?.behindBytes[side] ?? 0,
    missingSegments: holes.map(({ segment }) => segment),
    shortSegments: report.segments.filter(({ isShort }) => isShort).map(({ number }) => number),
    lostSegments: report.lost.map(({ from, to, reason }) => ({ from, to, reason })),
  };
}

function describeNode(digest: NodeDigest, liveEnd: Position | undefined): CopyReport {
  const segments = digest.segments;
  const last = segments?.at(-1);
  if (segments === undefined || last === undefined) return absent('node', digest.error ?? 'it holds nothing');
  const isBehind = last.number === liveEnd?.segment && last.bytes < liveEnd.offset;
  return {
    copy: 'node',
    end: { segment: last.number, offset: last.bytes },
    absence: undefined,
    segments: segments.length,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    behindBytes: isBehind ? liveEnd.offset - last.bytes : 0,
    ...NOTHING_LACKING,
  };
}

function absent(copy: CopyName, absence: string): CopyReport {
  return { copy, end: undefined, absence, segments: 0, bytes: 0, behindBytes: 0, ...NOTHING_LACKING };
}

const NOTHING_LACKING = { missingSegments: [], shortSegments: [], lostSegments: [] } as const;

const NOTHING_COMPARED = {
  agrees: true,
  comparedBytes: 0,
  differences: [],
  shortages: [],
  encodings: [],
  behindBytes: { a: 0, b: 0 },
} satisfies LogComparison;

function endOf(report: LogReport): Position | undefined {
  const last = report.segments.at(-1);
  return last && { segment: last.number, offset: last.bytes };
}

/** The end of the shorter copy, or the first place at which something is wrong. */
function agreement(
  reports: readonly (LogReport | undefined)[],
  findings: readonly CopyFinding[],
): Position | undefined {
  const ends = reports.map((report) => report && endOf(report));
  if (ends.some((end) => end === undefined)) return undefined;
  const wrong = findings.flatMap(({ segment, offset, isRaw }) =>
    segment === undefined ? [] : [{ segment, offset: isRaw ? 0 : (offset ?? 0) }],
  );
  return [...ends, ...wrong].flatMap((at) => at ?? []).sort(comparePositions)[0];
}
