import { momentMs, parseObject } from './read-value.ts';
import type { RecentLines } from './recent-lines.ts';

/** Samples of a log are thinned out to one in so many ms. */
const THINNED_MS = 15_000;

/** A shorter absence is not seen in what is thinned out, ms. */
const LEAST_MS = 3 * THINNED_MS;

/**
 * Whether a node went on measuring while it was away, by its log: whether it goes on without a gap
 * beyond the time of the loss. Undefined where the log does not say: the absence was short, its
 * part has not come yet, or the node measured for some of the time.
 */
export function hasMeasuredBetween(
  recent: RecentLines | undefined,
  lostMs: number,
  backMs: number,
): boolean | undefined {
  const times = (recent?.samples ?? []).flatMap((line) => momentMs(parseObject(line)?.['t']) ?? []);
  const awayMs = backMs - lostMs;
  const [first, last] = [times[0], times.at(-1)];
  if (awayMs < LEAST_MS || first === undefined || last === undefined) return undefined;
  // What came before the loss must be known, and what came well after it.
  if (first > lostMs || last < lostMs + awayMs / 2) return undefined;
  const steps = times.slice(1).map((time, index) => ({ time, step: time - (times[index] ?? time) }));
  const longest = Math.max(0, ...steps.filter(({ time }) => time > lostMs).map(({ step }) => step));
  if (longest < awayMs / 2) return true;
  return longest >= 0.8 * awayMs ? false : undefined;
}
