import type { LogComparison, LogDifference } from '../../shared/log/compare-logs.ts';
import type { LogProblem, LogReport, SegmentReport } from '../../shared/log/verify-log.ts';
import type { NodeComparison } from './compare-node.ts';
import type { CopyFinding, CopyName } from './copies-report.ts';

/**
 * Puts together what is wrong with the copies of a log. Where two copies differ, the copy that contradicts its own record, or
 * the node's, is the one that is wrong.
 */
export function findDifferences(
  live: LogReport,
  mirror: LogReport,
  comparison: LogComparison,
  node: NodeComparison,
): readonly CopyFinding[] {
  const differing = comparison.differences.map((difference) => ofDifference(difference, live, mirror, node));
  const located = new Set(differing.flatMap(({ file, offset }) => (offset === undefined ? [] : [file])));
  // What only a checksum told is left out where the comparison found the very byte.
  const isNew = ({ path, offset }: LogProblem) => offset !== undefined || !located.has(path);
  return [
    ...differing,
    ...live.problems.filter(isNew).map((problem) => ofProblem('live', live, problem)),
    ...mirror.problems.filter(isNew).map((problem) => ofProblem('mirror', mirror, problem)),
    ...node.findings,
  ];
}

function ofProblem(copy: CopyName, report: LogReport, problem: LogProblem): CopyFinding {
  const { path: file, offset, what } = problem;
  const segment = report.segments.find(({ path }) => path === file)?.number;
  return { copy, file, segment, offset, isRaw: false, what };
}

function ofDifference(
  difference: LogDifference,
  live: LogReport,
  mirror: LogReport,
  node: NodeComparison,
): CopyFinding {
  switch (difference.kind) {
    case 'differs': {
      const { segment, isRaw, a, b } = difference;
      const copy = blame(segment, live, mirror, node);
      const place = copy === 'mirror' ? b : a;
      const other = copy === 'mirror' ? a : b;
      const what =
        copy === undefined
          ? `differs from ${other.path}, and nothing tells which of the two is right`
          : `is not what it was: ${other.path} has another byte there`;
      return { copy, file: place.path, segment, offset: place.offset, isRaw, what };
    }
    case 'unreadable': {
      const { segment, which, path: file } = difference;
      const copy = which === 'a' ? 'live' : 'mirror';
      return { copy, file, segment, offset: undefined, isRaw: true, what: 'cannot be decoded' };
    }
    case 'other-log': {
      const what = `the live copy is log ${difference.a}, the mirror is log ${difference.b}`;
      return {
        copy: undefined,
        file: mirror.paths.directory,
        segment: undefined,
        offset: undefined,
        isRaw: false,
        what,
      };
    }
    default:
      return difference satisfies never;
  }
}

function blame(
  number: number,
  live: LogReport,
  mirror: LogReport,
  node: NodeComparison,
): CopyName | undefined {
  const [inLive, inMirror] = [segmentOf(live, number), segmentOf(mirror, number)];
  const isLiveBad = isDamaged(inLive);
  const isMirrorBad = isDamaged(inMirror);
  if (isLiveBad !== isMirrorBad) return isLiveBad ? 'live' : 'mirror';
  if (node.confirmed.has(number)) return 'mirror';
  return node.refuted.has(number) ? 'live' : undefined;
}

function segmentOf(report: LogReport, number: number): SegmentReport | undefined {
  return report.segments.find((segment) => segment.number === number);
}

function isDamaged(segment: SegmentReport | undefined): boolean {
  return segment !== undefined && (segment.sha256 === undefined || segment.problems.length > 0);
}
