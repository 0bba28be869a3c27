import type { Clock } from '../../shared/time/clock.ts';
import { Wake } from '../../shared/time/wake.ts';

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
  /** The time has come, or something else to look at. */
  const news = new Wake();
  const alarm = clock.alarm(() => news.wake());
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
      alarm.set(waitMs);
      await news.sleep();
    }
    alarm.clear();
    beatMs += intervalMs;
  }

  const running = loop();
  return {
    setInterval(nextMs) {
      if (nextMs === intervalMs) return;
      intervalMs = nextMs;
      news.wake();
    },
    async [Symbol.asyncDispose]() {
      isStopped = true;
      news.wake();
      await running;
    },
  };
}
