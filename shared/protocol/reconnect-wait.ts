/** Upper bound of a wait, ms: this at first, then a share of how long the outage lasts, up to a minute. */
const LONGEST = { fromMs: 5000, outageRatio: 0.25, toMs: 60_000 };

/**
 * How long a sender waits at most between two tries to reach a receiver that has been away for so long; both ms. The receiver
 * relies on it: before that time is over, a node that has not come back need not be down.
 */
export function longestWaitMs(outageMs: number): number {
  return Math.min(LONGEST.toMs, Math.max(LONGEST.fromMs, outageMs * LONGEST.outageRatio));
}
