import { describeError } from '../errors/errors.ts';
import { type Clock, systemClock } from './clock.ts';
import { Wake } from './wake.ts';

/** How a periodic duty last went; shown by `status`. */
export interface EveryState {
  /** When the last run began, ms since 1970; undefined before the first. */
  readonly startedAtMs: number | undefined;
  /** How long it took, ms; undefined before the first and while it runs. */
  readonly tookMs: number | undefined;
  /** Why it ran. */
  readonly reason: 'interval' | 'triggered' | undefined;
  /** What went wrong in the last run, or undefined. */
  readonly error: string | undefined;
}

/** A running periodic duty. Disposing waits for the run that is under way. */
export interface Every extends AsyncDisposable {
  /** Runs the duty as soon as the present run, if any, has ended; several triggers make one run. */
  trigger(): void;
  /** How the last run went. */
  state(): EveryState;
}

/** Options of {@link every}. */
export interface EveryOptions {
  /** Pause between the end of one run and the start of the next, ms. */
  readonly intervalMs: number;
  /** Told of every failed run; the duty goes on. */
  readonly onError: (error: unknown) => void;
  readonly clock?: Clock | undefined;
}

/**
 * Runs a duty again and again. The duty takes no argument, looks at the state of things and acts, so running it early
 * or once more does no harm; it never overlaps itself.
 */
export function every(duty: (signal: AbortSignal) => Promise<void>, options: EveryOptions): Every {
  const clock = options.clock ?? systemClock;
  const stop = new AbortController();
  const news = new Wake();
  let isTriggered = false;
  let isDue = false;
  const alarm = clock.alarm(() => {
    isDue = true;
    news.wake();
  });
  let state: EveryState = { startedAtMs: undefined, tookMs: undefined, reason: undefined, error: undefined };

  async function run(reason: 'interval' | 'triggered'): Promise<void> {
    const startedAtMs = clock.now();
    const began = clock.monotonic();
    state = { startedAtMs, tookMs: undefined, reason, error: undefined };
    let error: string | undefined;
    try {
      await duty(stop.signal);
    } catch (cause) {
      if (!stop.signal.aborted) {
        error = describeError(cause);
        options.onError(cause);
      }
    }
    state = { startedAtMs, tookMs: clock.monotonic() - began, reason, error };
  }

  async function pause(): Promise<void> {
    if (isTriggered) return;
    isDue = false;
    alarm.set(options.intervalMs);
    while (!isDue && !isTriggered && !stop.signal.aborted) await news.sleep();
    alarm.clear();
  }

  async function loop(): Promise<void> {
    for (;;) {
      await pause();
      if (stop.signal.aborted) return;
      const reason = isTriggered ? 'triggered' : 'interval';
      isTriggered = false;
      await run(reason);
    }
  }

  const running = loop();
  return {
    trigger() {
      isTriggered = true;
      news.wake();
    },
    state: () => state,
    async [Symbol.asyncDispose]() {
      stop.abort();
      news.wake();
      await running;
    },
  };
}
