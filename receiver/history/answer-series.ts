import { fillStretches } from './fill-stretches.ts';
import type { SeriesAnswer, SeriesColumns, TimeRange } from './history.ts';
import type { FoundBucket, NodeHistory } from './node-history.ts';
import { BASE_TIER, TIERS, type Tier } from './tiers.ts';

/** How a question is answered: from which tier, and how many of its buckets make a point. */
export interface Plan {
  readonly tier: Tier;
  readonly stepMs: number;
}

/** How long each tier is kept, ms, finest first. */
export type Kept = readonly number[];

/**
 * Chooses the tier: the coarsest that still gives as many points as asked for, but no finer than
 * what is kept so far back. How often the node samples now says nothing about how often it did in
 * the range.
 */
export function planSeries(range: TimeRange, points: number, kept: Kept, nowMs: number): Plan {
  const wantedMs = (range.toMs - range.fromMs) / points;
  const fine = TIERS.findLast(({ stepMs }) => stepMs <= wantedMs) ?? BASE_TIER;
  const reaching = TIERS.find(({ index }) => nowMs - (kept[index] ?? 0) <= range.fromMs) ?? TIERS[3];
  const tier = fine.stepMs >= reaching.stepMs ? fine : reaching;
  return { tier, stepMs: Math.max(1, Math.ceil(wantedMs / tier.stepMs)) * tier.stepMs };
}

/** Points on both sides of a range that tell whether a hole at its edge is one. */
const EDGE_POINTS = 30;

/** Answers from what is stored. */
export function answerSeries(
  history: NodeHistory,
  names: readonly string[],
  range: TimeRange,
  { tier, stepMs }: Plan,
): SeriesAnswer {
  const first = Math.floor(range.fromMs / stepMs);
  const count = Math.max(1, Math.ceil(range.toMs / stepMs) - first);
  const ratio = stepMs / tier.stepMs;
  const begin = Math.max(0, first - EDGE_POINTS);
  const end = first + count + EDGE_POINTS;
  const found = history.read(tier, begin * ratio, end * ratio, names);
  const series: Record<string, SeriesColumns> = {};
  const ofRange = (column: Points) => column.slice(first - begin, first - begin + count);
  for (const name of names) {
    const columns = gather(found, name, begin, end - begin, ratio);
    if (columns === undefined) continue;
    const [mean, min, max] = [ofRange(columns.mean), ofRange(columns.min), ofRange(columns.max)];
    if (mean.some((value) => value !== null)) series[name] = { mean, min, max };
  }
  const timesMs = Array.from({ length: count }, (_, point) => (first + point) * stepMs);
  return { stepMs, timesMs, series };
}

type Points = readonly (number | null)[];

function gather(
  found: readonly FoundBucket[],
  name: string,
  first: number,
  points: number,
  ratio: number,
): SeriesColumns | undefined {
  const counts = new Float64Array(points);
  const mean = new Array<number | null>(points).fill(null);
  const min = mean.slice();
  const max = mean.slice();
  let isKnown = false;
  for (const { number, layout, bucket } of found) {
    const column = layout.find(name);
    const samples = column === undefined ? 0 : (bucket.count[column] ?? 0);
    if (column === undefined || samples === 0) continue;
    isKnown = true;
    const point = Math.floor(number / ratio) - first;
    const before = counts[point] ?? 0;
    counts[point] = before + samples;
    mean[point] = ((mean[point] ?? 0) * before + (bucket.mean[column] ?? 0) * samples) / (before + samples);
    min[point] = Math.min(min[point] ?? Infinity, bucket.min[column] ?? 0);
    max[point] = Math.max(max[point] ?? -Infinity, bucket.max[column] ?? 0);
  }
  if (!isKnown) return undefined;
  fillStretches({ counts, values: [mean, min, max] });
  return { mean, min, max };
}
