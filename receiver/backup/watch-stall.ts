import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../shared/time/clock.ts';

/** Options of {@link watchStall}. */
export interface StallOptions {
  /** How long nothing may move, ms. */
  readonly limitMs: number;
  readonly clock: Clock;
  /** Nothing has moved for the limit; `sinceMs`: when something last did, ms since 1970. */
  readonly onStalled: (sinceMs: number) => void;
  /** It moves again. Not told of what never stalled. */
  readonly onMoving?: (() => void) | undefined;
}

/** Watches work that may hang. Disposing ends the watch and tells nothing. */
export interface StallWatch extends Disposable {
  /** The work has moved. */
  moved(): void;
  /** While the returned object is not disposed, the work waits for something else, and is not held to have stalled. */
  pause(): Disposable;
}

/** Starts to watch; the work is taken to have moved just now. */
export function watchStall({ limitMs, clock, onStalled, onMoving }: StallOptions): StallWatch {
  const stop = new AbortController();
  let last = { atMs: clock.now(), monotonic: clock.monotonic() };
  let isStalled = false;
  let pauses = 0;

  function moved(): void {
    last = { atMs: clock.now(), monotonic: clock.monotonic() };
    if (!isStalled) return;
    isStalled = false;
    onMoving?.();
  }

  async function watch(): Promise<void> {
    for (;;) {
      const quietMs = clock.monotonic() - last.monotonic;
      await clock.sleep(quietMs < limitMs ? limitMs - quietMs : limitMs, stop.signal);
      // A program that stood still itself first hears what has been said meanwhile.
      await nextTurn();
      if (stop.signal.aborted) return;
      if (isStalled || pauses > 0 || clock.monotonic() - last.monotonic < limitMs) continue;
      isStalled = true;
      onStalled(last.atMs);
    }
  }

  watch().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return {
    moved,
    pause() {
      pauses++;
      let isPaused = true;
      return {
        [Symbol.dispose]() {
          if (!isPaused) return;
          isPaused = false;
          pauses--;
          moved();
        },
      };
    },
    [Symbol.dispose]: () => stop.abort(),
  };
}
