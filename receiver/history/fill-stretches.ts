/** Columns of points, which are changed in place. */
export interface PointColumns {
  /** Samples of each point; 0 where nothing is known. */
  readonly counts: Float64Array;
  readonly values: readonly (number | null)[][];
}

/**
 * Fills the points between two samples of a stretch that was sampled less often than there are
 * points, so that a line is drawn through it: with the value of the sample at their end, which
 * tells about the time since the one before. What is ordinary follows from the data around: points
 * of one sample each, and as far from the next. A longer distance is a gap and stays one.
 */
export function fillStretches({ counts, values }: PointColumns): void {
  const known = [...counts.keys()].filter((point) => (counts[point] ?? 0) > 0);
  const distance = (index: number) => (known[index] ?? Number.NaN) - (known[index - 1] ?? Number.NaN);
  const isSingle = (index: number) => (counts[known[index] ?? 0] ?? 0) <= 1;
  known.forEach((end, index) => {
    const begin = known[index - 1] ?? end;
    const points = end - begin;
    if (points < 2) return;
    const isUsualAfter = isSingle(index) && distance(index + 1) >= points - 1;
    const isUsualBefore = isSingle(index - 1) && distance(index - 1) >= points - 1;
    if (!isUsualAfter && !isUsualBefore) return;
    for (const column of values) column.fill(column[end] ?? null, begin + 1, end);
  });
}
