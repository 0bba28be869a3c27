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
  /** Changes the interval at once; the next tick comes that long after the last, or now when that is over. */
  setInterval(intervalMs: number): void;
}

/** Ticks at once and then at a fixed distance, measured on the clock that never jumps, so that delays do not add up. */
export function startTicker(options: TickerOptions): Ticker {
  const { clock } = options;
  let { intervalMs } = options;
  let isStopped = false;
  /** Ends the wait for the next tick. One for many ticks: to combine signals anew for each costs as much as half a sample. */
  let waiting = new AbortController();
  /** The moment of the last tick, on the beat. */
  let beatMs = clock.monotonic();

  async function loop(): Promise<void> {
    while (!isStopped) {
      await options.onTick().catch(options.onError);
      // What was due while it worked is left out; the beat stays.
      beatMs += Math.floor((clock.monotonic() - beatMs) / intervalMs) * intervalMs;
      await nextBeat();
    }
  }

  async function nextBeat(): Promise<void> {
    while (!isStopped) {
      const waitMs = beatMs + intervalMs - clock.monotonic();
      if (waitMs <= 0) break;
      await clock.sleep(waitMs, waiting.signal).catch(() => undefined);
    }
    beatMs += intervalMs;
  }

  function endWait(): void {
    const ended = waiting;
    waiting = new AbortController();
    ended.abort();
  }

  const running = loop();
  return {
    setInterval(nextMs) {
      if (nextMs === intervalMs) return;
      intervalMs = nextMs;
      endWait();
    },
    async [Symbol.asyncDispose]() {
      isStopped = true;
      endWait();
      await running;
    },
  };
}
