/** How long to wait between tries: exponential with full jitter, so that a fleet does not come back all at once. */
export interface BackoffOptions {
  /** Upper bound of the first wait, ms. */
  readonly firstMs: number;
  /** Upper bound of every wait, ms. */
  readonly maxMs: number;
}

/**
 * The wait before try number `attempt` (0 = the first repeat): uniform in [0, min(maxMs, firstMs · 2^attempt)), ms.
 * Source: «Exponential Backoff And Jitter», AWS Architecture Blog, 2015, the «full jitter» variant.
 */
export function backoffMs(
  attempt: number,
  options: BackoffOptions,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(attempt, 30));
  return random() * ceiling;
}
