import type { Clock } from '../../shared/time/clock.ts';
import { every } from '../../shared/time/every.ts';

/** Options of {@link watchOverdue}. */
export interface OverdueOptions {
  readonly clock: Clock;
  /** How long before the watch began the last success was, ms; 0 when there was none. */
  readonly ageMs: number;
  /** The next few runs that the schedule asks for after a moment, both ms since 1970. */
  readonly nextRuns: (count: number, atMs: number) => readonly number[];
  /** When the run under way began, ms of the clock that never jumps; undefined when there is none. It gets as much time again. */
  readonly runningSinceMs: () => number | undefined;
  /** Whether the administrator knows already that the last run failed, and why. */
  readonly isFailing: () => boolean;
  /** Two runs were due and none has succeeded for `ageMs`. Told once, until {@link OverdueWatch.succeeded}. */
  readonly onOverdue: (ageMs: number) => void;
  /** A look failed; the next one comes all the same. */
  readonly onError: (error: unknown) => void;
}

/** The watch over a schedule. */
export interface OverdueWatch extends AsyncDisposable {
  /** A run has succeeded now. */
  succeeded(): void;
  /** How long ago the last success was, or the start of the watch, where there was none; ms. */
  ageMs(): number;
}

/** Between two looks, ms. */
const LOOK_MS = 60_000;

/** So long after a start nobody is told: the first run has yet to end. ms */
const START_MS = 10 * 60_000;

/** A run may begin late and take a while, ms. */
const SLACK_MS = 5 * 60_000;

/**
 * Watches that a schedule is kept, and trusts neither the schedule nor the clock on the wall: what counts is how long the clock
 * that never jumps says that nothing has succeeded. The schedule only says once, at each success, how long two of its runs take.
 */
export function watchOverdue(options: OverdueOptions): OverdueWatch {
  const { clock, nextRuns, onOverdue } = options;
  const startedMs = clock.monotonic();
  let succeededMs = startedMs - options.ageMs;
  let limitMs = limitOf(options.ageMs);
  let isTold = false;

  /** From a success so long ago until two more runs have been due. */
  function limitOf(ageMs: number): number {
    const successMs = clock.now() - ageMs;
    const second = nextRuns(2, successMs)[1];
    return second === undefined ? Number.POSITIVE_INFINITY : second - successMs + SLACK_MS;
  }

  const ageMs = () => clock.monotonic() - succeededMs;

  async function look(): Promise<void> {
    const nowMs = clock.monotonic();
    const sinceMs = Math.max(succeededMs, options.runningSinceMs() ?? succeededMs);
    if (isTold || nowMs - sinceMs <= limitMs || nowMs - startedMs < START_MS || options.isFailing()) return;
    isTold = true;
    onOverdue(ageMs());
  }

  const looking = every(look, { intervalMs: LOOK_MS, clock, onError: options.onError });
  return {
    succeeded() {
      succeededMs = clock.monotonic();
      limitMs = limitOf(0);
      isTold = false;
    },
    ageMs,
    [Symbol.asyncDispose]: () => looking[Symbol.asyncDispose](),
  };
}
