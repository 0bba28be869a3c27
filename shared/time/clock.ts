import { setTimeout as delay } from 'node:timers/promises';

/** What a part needs of time; the real one is {@link systemClock}, tests pass their own. */
export interface Clock {
  /** Milliseconds since 1970, UTC. May jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds since an arbitrary moment; never jumps. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when aborted, leaving no timer behind. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest that a timer of Node.js can wait, ms: 24.8 days. A longer one would end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clock. Its sleeping keeps the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    const options = signal === undefined ? {} : { signal };
    try {
      let leftMs = ms;
      for (; leftMs > MAX_TIMER_MS; leftMs -= MAX_TIMER_MS) await delay(MAX_TIMER_MS, undefined, options);
      await delay(leftMs, undefined, options);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
