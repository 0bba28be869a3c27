import type { LogComparison } from '../../shared/log/compare-logs.ts';
import type { Position } from '../../shared/log/position.ts';
import type { LogReport } from '../../shared/log/verify-log.ts';
import type { NodeDigest } from './compare-node.ts';
import type { CopyName, CopyReport } from './copies-report.ts';

/** One copy of a log in a report. @param side which of the two compared copies it is */
export function describeCopy(
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

/** The node's own copy. @param liveEnd where the live one ends */
export function describeNode(digest: NodeDigest, liveEnd: Position | undefined): CopyReport {
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

/** A copy of which there is nothing. */
export function absent(copy: CopyName, absence: string): CopyReport {
  return { copy, end: undefined, absence, segments: 0, bytes: 0, behindBytes: 0, ...NOTHING_LACKING };
}

const NOTHING_LACKING = { missingSegments: [], shortSegments: [], lostSegments: [] } as const;

/** Where a copy ends; undefined when there is nothing. */
export function endOf(report: LogReport): Position | undefined {
  const last = report.segments.at(-1);
  return last && { segment: last.number, offset: last.bytes };
}
