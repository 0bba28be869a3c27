import { listSegments } from '../../shared/log/list-segments.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { type LostSegments, readSegmentRecords, recordLost } from '../../shared/log/segment-records.ts';

/**
 * Records in the target what the source has recorded as lost before the target's end, where neither of them has anything of it: nobody
 * has to look for it there either.
 *
 * @param end the segment that the target is in
 */
export async function shareLosses(source: LogPaths, target: LogPaths, end: number): Promise<void> {
  const { lost } = await readSegmentRecords(source);
  if (lost.length === 0) return;
  const known = await readSegmentRecords(target);
  const there = [...(await numbersOf(source)), ...(await numbersOf(target))];
  for (const loss of lost) {
    const isNews = loss.from > known.droppedTo && loss.to < end && !isAmong(known.lost, loss);
    if (isNews && !there.some((number) => loss.from <= number && number <= loss.to))
      await recordLost(target, loss);
  }
}

/** Whether every segment from `from` to `to` has been recorded as lost, in one piece or in several. */
export function isAllLost(
  lost: readonly LostSegments[],
  missing: { readonly from: number; readonly to: number },
): boolean {
  let next = missing.from;
  for (const { from, to } of lost.toSorted((a, b) => a.from - b.from))
    if (from <= next && to >= next) next = to + 1;
  return next > missing.to;
}

function isAmong(lost: readonly LostSegments[], { from, to }: LostSegments): boolean {
  return lost.some((one) => one.from <= from && one.to >= to);
}

async function numbersOf(paths: LogPaths): Promise<readonly number[]> {
  const { sealed } = await readSegmentRecords(paths);
  return [...sealed.keys(), ...(await listSegments(paths)).map(({ number }) => number)];
}
