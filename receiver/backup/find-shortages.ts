import type { LogComparison, LogShortage } from '../../shared/log/compare-logs.ts';
import { type LogPaths, sealedSegmentPath } from '../../shared/log/log.ts';
import { readSegmentRecords } from '../../shared/log/segment-records.ts';
import type { LogReport } from '../../shared/log/verify-log.ts';
import { type CopyFinding, type CopyName, findingOf } from './copies-report.ts';

/**
 * What one copy has and the other has not, where that is more than being behind: a segment is missing before its end, or cut short.
 * What its own retention dropped is not missing, and what its records say that it lacks is reported by those.
 */
export async function findShortages(
  comparison: LogComparison,
  live: LogReport,
  mirror: LogReport,
): Promise<readonly CopyFinding[]> {
  const records = { a: await readSegmentRecords(live.paths), b: await readSegmentRecords(mirror.paths) };
  const told = new Set([...live.problems, ...mirror.problems].map(({ path }) => path));
  const findings: CopyFinding[] = [];
  for (const shortage of comparison.shortages) {
    const { which, segment, kind } = shortage;
    const paths = which === 'a' ? live.paths : mirror.paths;
    if (kind === 'behind' || segment <= records[which].droppedTo) continue;
    if (told.has(sealedSegmentPath(paths, segment))) continue;
    findings.push(describe(shortage, paths));
  }
  return findings;
}

function describe({ which, segment, bytes }: LogShortage, paths: LogPaths): CopyFinding {
  const [copy, other]: [CopyName, string] =
    which === 'a' ? ['live', 'the mirror'] : ['mirror', 'the live log'];
  const what = `lacks ${bytes} bytes that ${other} has`;
  return findingOf(copy, what, { file: paths.directory, segment });
}

/** Segments of which a copy has only the beginning, although the node never said that there is no more. */
export async function findPartial(copy: CopyName, report: LogReport): Promise<readonly CopyFinding[]> {
  const { sealed } = await readSegmentRecords(report.paths);
  return report.segments
    .filter(({ number }) => sealed.get(number)?.isPartial === true)
    .map(({ number: segment, path: file, bytes }) =>
      findingOf(copy, `has only its first ${bytes} bytes, since the rest was missing when it was copied`, {
        file,
        segment,
      }),
    );
}
