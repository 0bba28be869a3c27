import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

/** Options of {@link until}. */
export interface UntilOptions {
  /** How long it may take on a machine that has nothing else to do, ms; the test fails after {@link PATIENCE} times that. */
  readonly timeoutMs: number;
  /** What is waited for; a function is asked when the time is over, so that it can tell the last state. */
  readonly what: string | (() => string);
}

/** How much longer everything may take where other work has the processors. */
const PATIENCE = 5;
const LOOK_MS = 10;

/**
 * Waits until the probe returns something other than undefined and false, and returns that. Looks every 10 ms, so that
 * no test has to guess how long something takes; less often when a look takes longer itself, as a command does.
 *
 * @throws Error naming what was waited for and what the probe last returned
 */
export async function until<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  options: UntilOptions,
): Promise<T> {
  const timeoutMs = options.timeoutMs * PATIENCE;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const beganMs = performance.now();
    const state = await probe();
    if (state !== undefined && state !== false) return state;
    if (performance.now() > deadline) {
      const what = typeof options.what === 'string' ? options.what : options.what();
      throw new Error(`waited ${timeoutMs} ms for ${what}; last state: ${inspect(state)}`);
    }
    await delay(Math.max(LOOK_MS, performance.now() - beganMs));
  }
}
