import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

/** Options of {@link until}. */
export interface UntilOptions {
  /** How long to wait before the test fails, ms. */
  readonly timeoutMs: number;
  /** What is waited for; a function is asked when the time is over, so that it can tell the last state. */
  readonly what: string | (() => string);
}

/**
 * Waits until the probe returns something other than undefined and false, and returns that. Looks every 10 ms, so that
 * no test has to guess how long something takes.
 *
 * @throws Error naming what was waited for and what the probe last returned
 */
export async function until<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  options: UntilOptions,
): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const state = await probe();
    if (state !== undefined && state !== false) return state;
    if (performance.now() > deadline) {
      const what = typeof options.what === 'string' ? options.what : options.what();
      throw new Error(`waited ${options.timeoutMs} ms for ${what}; last state: ${inspect(state)}`);
    }
    await delay(10);
  }
}
