import type { Past, TimeRange } from '../rules/rule-engine.ts';
import type { FoundBucket, NodeHistory } from './node-history.ts';
import { BASE_TIER, bucketOf } from './tiers.ts';

/** A time between two samples that is never a gap, ms. */
const NO_GAP_MS = 60_000;

/** The means of a stretch of a node's past, in the finest resolution that is stored. */
export function readPast(history: NodeHistory, { fromMs, toMs }: TimeRange): Past {
  const found = history.read(BASE_TIER, bucketOf(BASE_TIER, fromMs), bucketOf(BASE_TIER, toMs));
  const distanceMs = (index: number) =>
    ((found[index]?.number ?? 0) - (found[index - 1]?.number ?? 0)) * BASE_TIER.stepMs;
  const usual = found.slice(1).map((_, index) => distanceMs(index + 1));
  const median = usual.toSorted((a, b) => a - b)[Math.floor(usual.length / 2)] ?? 0;
  const longestMs = Math.max(NO_GAP_MS, 3 * median);
  return found.map((bucket, index) => {
    const isFollowing = index > 0 && distanceMs(index) <= longestMs;
    return {
      endMs: (bucket.number + 1) * BASE_TIER.stepMs,
      coversMs: isFollowing ? distanceMs(index) : BASE_TIER.stepMs,
      values: valuesOf(bucket),
    };
  });
}

function* valuesOf({ layout, bucket }: FoundBucket): Generator<readonly [string, number], void, void> {
  for (const [column, name] of layout.names.entries()) {
    if ((bucket.count[column] ?? 0) > 0) yield [name, bucket.mean[column] ?? 0];
  }
}
