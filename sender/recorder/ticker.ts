import type { Clock } from '../../shared/time/clock.ts';

/** Options of {@link startTicker}. */
export interface TickerOptions {
  /** Between two ticks, ms. */
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Called at each tick. What is due while it works is left out. */
  readonly onTick: () => void;
  /** Told what `onTick` threw; ticking goes on. */
  readonly onError: (error: unknown) => void;
}

/** A beat that keeps time; until it is disposed of. */
export interface Ticker extends Disposable {
  /** Changes the interval at once; the next tick comes that long after the last, or now when that is over. */
  setInterval(intervalMs: number): void;
}

/** Ticks at once and then at a fixed distance, measured on the clock that never jumps, so that delays do not add up. */
export function startTicker({ clock, onTick, onError, ...options }: TickerOptions): Ticker {
  let { intervalMs } = options;
  let isStopped = false;
  /** The moment of the last tick, on the beat. */
  let beatMs = clock.monotonic();
  const alarm = clock.alarm(() => {
    if (leftMs() <= 0) {
      beatMs += intervalMs;
      tick();
    }
    wait();
  });

  function leftMs(): number {
    return beatMs + intervalMs - clock.monotonic();
  }

  function tick(): void {
    try {
      onTick();
    } catch (error) {
      onError(error);
    }
    // What was due while it worked is left out; the beat stays.
    beatMs += Math.floor((clock.monotonic() - beatMs) / intervalMs) * intervalMs;
  }

  function wait(): void {
    if (!isStopped) alarm.set(Math.max(0, leftMs()));
  }

  tick();
  wait();
  return {
    setInterval(nextMs) {
      if (nextMs === intervalMs) return;
      intervalMs = nextMs;
      wait();
    },
    [Symbol.dispose]() {
      isStopped = true;
      alarm.clear();
    },
  };
}
