import { join } from 'node:path';
import { describeError, UserError } from '../../shared/errors/errors.ts';
import { compareLogs, type LogComparison } from '../../shared/log/compare-logs.ts';
import { comparePositions, type Position } from '../../shared/log/position.ts';
import { type LogReport, verifyLog } from '../../shared/log/verify-log.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { checkLive, checkMirror, type KnownLog } from './check-expected.ts';
import { compareNode, type NodeDigest } from './compare-node.ts';
import {
  type CopiesReport,
  type CopyFinding,
  type CopyName,
  type LogCopies,
  type VerifyProgress,
  verdictOf,
  worstOf,
} from './copies-report.ts';
import { absent, describeCopy, describeNode, endOf } from './describe-copy.ts';
import { findDifferences } from './find-differences.ts';
import { findPartial, findShortages } from './find-shortages.ts';
import { readMarker } from './marker.ts';
import { type MirrorRecord, type RecordedLog, readMirrorRecord } from './mirror-record.ts';
import { type LogPair, pairLogs } from './pair-logs.ts';
import { withoutTail } from './without-tail.ts';

export type { KnownLog } from './check-expected.ts';
export type { NodeDigest } from './compare-node.ts';
export type { CopiesReport, CopyFinding, CopyReport, LogCopies, VerifyProgress } from './copies-report.ts';

/** Options of {@link verifyCopies}. */
export interface VerifyCopiesOptions {
  readonly logsRoot: string;
  /** `to_directory`. */
  readonly mirrorDirectory: string;
  /** `mirror.json`, on the receiver's own disk. */
  readonly recordPath: string;
  /** Boot id of this machine. */
  readonly bootId: string;
  /** The logs that the nodes of this receiver write now. */
  readonly known: readonly KnownLog[];
  /** The node whose logs are verified; all when not given. */
  readonly node?: NodeName | undefined;
  /**
   * Asks a node what its own copy holds up to a position; undefined when it is not connected. Not given: no receiver runs, which
   * could ask.
   */
  readonly nodeDigest?: ((node: NodeName, upTo: Position) => Promise<NodeDigest | undefined>) | undefined;
  /** Told now and then; the next step waits for it. */
  readonly onProgress?: ((progress: VerifyProgress) => unknown) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads every copy of the logs from beginning to end, compares them byte by byte where a checksum does not do, and names what is wrong
 * by file and offset, and what could not be proven. Writes nothing, and may be called while everything runs.
 *
 * @throws UserError `NODE_UNKNOWN` when no copy of that node's log is known here; system errors; the reason of `signal`.
 */
export async function verifyCopies(options: VerifyCopiesOptions): Promise<CopiesReport> {
  const { logsRoot, mirrorDirectory, node } = options;
  const mirrorAbsence = await absenceOf(mirrorDirectory);
  const mirrorRoot = mirrorAbsence === undefined ? join(mirrorDirectory, 'logs') : undefined;
  const record = await readMirrorRecord(options.recordPath);
  const known = options.known.filter((one) => node === undefined || one.node === node);
  const pairs = await pairLogs(logsRoot, mirrorRoot, node, known);
  if (node !== undefined && pairs.length === 0) {
    const hint = 'fleetkeep-receiver nodes lists those that are known.';
    throw new UserError('NODE_UNKNOWN', `there is no log of node ${node} here`, { hint });
  }
  const logs: LogCopies[] = [];
  for (const [index, pair] of pairs.entries()) {
    const place = { name: pair.name, index: index + 1, count: pairs.length };
    logs.push(await verifyPair(options, pair, record, place));
  }
  const isMirrorLost = mirrorAbsence !== undefined && record.kind !== 'never';
  const ofMirror = isMirrorLost ? 'not_sound' : mirrorAbsence === undefined ? 'sound' : 'not_proven';
  const verdict = worstOf([ofMirror, ...logs.map((log) => log.verdict)]);
  return { verdict, isSound: verdict === 'sound', mirrorAbsence, isMirrorLost, logs };
}

async function absenceOf(directory: string): Promise<string | undefined> {
  const marker = await readMarker(directory);
  if (marker.kind === 'found') return undefined;
  if (marker.kind === 'newer') return marker.error.message;
  if (marker.kind === 'unreadable') return `the marker file of the mirror cannot be read: ${marker.detail}`;
  return `${directory} is not there or is no mirror; is the drive mounted?`;
}

type Place = Pick<VerifyProgress, 'name' | 'index' | 'count'>;

async function verifyPair(
  options: VerifyCopiesOptions,
  pair: LogPair,
  record: MirrorRecord,
  place: Place,
): Promise<LogCopies> {
  const { signal } = options;
  const { report: live, doubts: tail } = await readCopy(options, place, 'live', pair.live);
  const mirrored = pair.mirror && (await readCopy(options, place, 'mirror', pair.mirror));
  const mirror = mirrored?.report;
  const comparison = mirror && (await compareLogs(live, mirror, { signal }));
  const log = live.id ?? mirror?.id ?? pair.log;
  const known = options.known.find((one) => one.node === pair.node && one.log === log);
  const upTo = endOf(live);
  const asked =
    known === undefined || upTo === undefined ? undefined : await askNode(options, pair.node, upTo);
  const node = await compareNode(live, asked ?? { segments: [] }, upTo ?? NOWHERE, signal);
  const there =
    mirror === undefined || comparison === undefined
      ? {
          findings: findDifferences(live, { ...live, problems: [], segments: [] }, NOTHING_COMPARED, node),
          doubts: [],
        }
      : await checkBoth(live, mirror, comparison, recordedOf(record, log), node);
  const findings = [
    ...there.findings,
    ...(await checkLive(live, known, (mirror?.segments.length ?? 0) > 0)),
    ...(await findPartial('live', live)),
  ];
  const doubts = [...tail, ...there.doubts, ...(asked === undefined ? [] : node.doubts)];
  const copies = [
    describeCopy('live', live, comparison, 'a'),
    mirror === undefined
      ? absent('mirror', 'there is no mirror')
      : describeCopy('mirror', mirror, comparison, 'b'),
    ...(asked === undefined ? [] : [describeNode(asked, upTo)]),
  ];
  const agreedTo = agreement([live, mirror], findings);
  const verdict = verdictOf(findings, doubts);
  return { name: pair.name, node: pair.node, log, copies, agreedTo, verdict, findings, doubts };
}

const NOWHERE: Position = { segment: 0, offset: 0 };

/** What is wrong where there are two copies here. */
async function checkBoth(
  live: LogReport,
  mirror: LogReport,
  comparison: LogComparison,
  recorded: RecordedLog | undefined,
  node: Awaited<ReturnType<typeof compareNode>>,
): Promise<{ readonly findings: readonly CopyFinding[]; readonly doubts: readonly string[] }> {
  const expected = await checkMirror(mirror, recorded);
  return {
    findings: [
      ...findDifferences(live, mirror, comparison, node),
      ...(live.segments.length === 0 || mirror.segments.length === 0
        ? []
        : await findShortages(comparison, live, mirror)),
      ...expected.findings,
      ...(await findPartial('mirror', mirror)),
    ],
    doubts: expected.doubts,
  };
}

function recordedOf(record: MirrorRecord, log: string | undefined): RecordedLog | undefined {
  return record.kind === 'known' ? record.logs.find((one) => one.log === log) : undefined;
}

async function readCopy(
  options: VerifyCopiesOptions,
  place: Place,
  copy: CopyName,
  paths: LogReport['paths'],
): ReturnType<typeof withoutTail> {
  const { onProgress, signal, bootId } = options;
  const tell = (segment: number, bytes: number) => void onProgress?.({ ...place, copy, segment, bytes });
  return await withoutTail(await verifyLog(paths, { signal, onProgress: onProgress && tell }), bootId);
}

async function askNode(options: VerifyCopiesOptions, node: NodeName, upTo: Position): Promise<NodeDigest> {
  if (options.nodeDigest === undefined) return { error: 'no receiver runs that could ask it' };
  try {
    return (await options.nodeDigest(node, upTo)) ?? { error: 'not connected' };
  } catch (error) {
    options.signal?.throwIfAborted();
    return { error: describeError(error) };
  }
}

const NOTHING_COMPARED = {
  agrees: true,
  comparedBytes: 0,
  differences: [],
  shortages: [],
  encodings: [],
  behindBytes: { a: 0, b: 0 },
} satisfies LogComparison;

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
