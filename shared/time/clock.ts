import { uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** What a part needs of time; the real one is {@link systemClock}, tests pass their own. */
export interface Clock {
  /** Milliseconds since 1970, UTC. May jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds since an arbitrary moment; never jumps, and stands still while the machine is suspended. */
  monotonic(): number;
  /** How long the machine has been running, ms, the time that it was suspended included; never jumps otherwise. */
  uptime(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when aborted, leaving no timer behind. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Makes an alarm, for what waits again and again: a sleep that a signal may end costs twice as much as to wake up. */
  alarm(onRing: () => void): Alarm;
}

/** Rings once each time that it is set. */
export interface Alarm {
  /** Rings in `ms` milliseconds, and not when it was to ring before. */
  set(ms: number): void;
  /** Does not ring until it is set again. */
  clear(): void;
}

/** The longest that a timer of Node.js can wait, ms: 24.8 days. A longer one would end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clock. Its sleeping keeps the process alive, and so does an alarm that is set. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  uptime: () => uptime() * 1000,
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
  alarm(onRing) {
    let timer: NodeJS.Timeout | undefined;
    let leftMs = 0;
    function begin(ms: number): void {
      leftMs = Math.max(0, ms - MAX_TIMER_MS);
      // A timer counts whole milliseconds and leaves out the rest: it would ring too early.
      timer = setTimeout(end, Math.min(Math.ceil(ms), MAX_TIMER_MS));
    }
    function end(): void {
      if (leftMs > 0) begin(leftMs);
      else onRing();
    }
    return {
      set(ms) {
        clearTimeout(timer);
        begin(ms);
      },
      clear: () => clearTimeout(timer),
    };
  },
};
