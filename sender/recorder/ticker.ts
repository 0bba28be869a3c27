import type { Clock } from '../../shared/time/clock.ts';

/** Options of {@link startTicker}. */
export interface TickerOptions {
  /** Between two ticks, ms. */
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Called at each tick; a tick that is due while it still works is left out. */
  readonly onTick: () => Promise<void>;
  /** Told what `onTick` rejected with; ticking goes on. */
  readonly onError: (error: unknown) => void;
}

/** A beat that keeps time. Disposing waits for the tick under way. */
export interface Ticker extends AsyncDisposable {
  setInterval(intervalMs: number): void;
}

/** Ticks at once and then at a fixed distance, measured on the clock that never jumps, so that delays do not add up. */
export function startTicker(options: TickerOptions): Ticker {
  const { clock } = options;
  const stop = new AbortController();
  let { intervalMs } = options;
  let changed = new AbortController();
  let dueMs = clock.monotonic();

  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      await options.onTick().catch(options.onError);
      dueMs = nextDue(dueMs, clock.monotonic());
      await wait();
    }
  }

  /** The next moment on the beat that is still to come. */
  function nextDue(lastMs: number, nowMs: number): number {
    const missed = Math.floor(Math.max(0, nowMs - lastMs) / intervalMs);
    return lastMs + (missed + 1) * intervalMs;
  }

  async function wait(): Promise<void> {
    while (!stop.signal.aborted) {
      const waitMs = dueMs - clock.monotonic();
      if (waitMs <= 0) return;
      changed = new AbortController();
      await clock.sleep(waitMs, AbortSignal.any([stop.signal, changed.signal])).catch(() => undefined);
    }
  }

  const running = loop();
  return {
    setInterval(nextMs) {
      if (nextMs === intervalMs) return;
      dueMs += nextMs - intervalMs;
      intervalMs = nextMs;
      changed.abort();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
