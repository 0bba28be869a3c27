/** Options of {@link isRecoveryDue}. */
export interface RecoveryRuleOptions {
  /** How long a node must be back before anybody is told, ms. */
  readonly settleMs: number;
  /** How long those that are back wait for the others of their thread, ms. */
  readonly digestMs: number;
}

/**
 * Whether it is time to tell that nodes of a thread are back: when all are and have settled, or when the first has waited
 * long enough for the rest.
 *
 * @param backSince for each node of the thread since when it is back, undefined for one that is away; ms of the clock
 *   that never jumps
 */
export function isRecoveryDue(
  backSince: Iterable<number | undefined>,
  nowMs: number,
  { settleMs, digestMs }: RecoveryRuleOptions,
): boolean {
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  let areAllBack = true;
  for (const sinceMs of backSince) {
    if (sinceMs === undefined) {
      areAllBack = false;
      continue;
    }
    firstMs = Math.min(firstMs, sinceMs);
    lastMs = Math.max(lastMs, sinceMs);
  }
  if (firstMs === Number.POSITIVE_INFINITY) return false;
  return areAllBack ? nowMs - lastMs >= settleMs : nowMs - firstMs >= Math.max(digestMs, settleMs);
}
