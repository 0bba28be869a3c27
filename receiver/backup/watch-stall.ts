import type { Clock } from '../../shared/time/clock.ts';

/** Options of {@link watchStall}. */
export interface StallOptions {
  /** How long nothing may move, ms. It is told up to a quarter later. */
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

/** Looks taken within the limit. */
const LOOKS = 4;

/**
 * Starts to watch; the work is taken to have moved just now. What is counted is looks, not time: a program that stood still itself,
 * or a machine that slept, has heard nothing meanwhile, which says nothing about the work.
 */
export function watchStall({ limitMs, clock, onStalled, onMoving }: StallOptions): StallWatch {
  const stop = new AbortController();
  let movedAtMs = clock.now();
  let looks = 0;
  let isStalled = false;
  let pauses = 0;

  function moved(): void {
    movedAtMs = clock.now();
    looks = 0;
    if (!isStalled) return;
    isStalled = false;
    onMoving?.();
  }

  async function watch(): Promise<void> {
    for (;;) {
      await clock.sleep(limitMs / LOOKS, stop.signal);
      if (pauses > 0) moved();
      // The first look may come right after a movement.
      if (isStalled || ++looks <= LOOKS) continue;
      isStalled = true;
      onStalled(movedAtMs);
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
