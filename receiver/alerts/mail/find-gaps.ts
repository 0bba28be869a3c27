import type { ChartPoint } from './draw-chart.ts';

/** A time between two samples that is never a gap, ms. */
const NO_GAP_MS = 60_000;

/**
 * The points before which there is a gap: more than a minute, and half as long again as the steps
 * next to it. A node that samples every ten minutes now, or did so for a while, has no gaps for
 * that.
 *
 * @param points in the order of their times
 */
export function findGaps(points: readonly ChartPoint[]): ReadonlySet<ChartPoint> {
  const step = (index: number) =>
    (points[index]?.atMs ?? Number.NaN) - (points[index - 1]?.atMs ?? Number.NaN);
  const usual = (index: number) => Math.max(step(index - 1) || 0, step(index + 1) || 0);
  return new Set(points.filter((_, index) => step(index) > Math.max(NO_GAP_MS, 1.5 * usual(index))));
}
