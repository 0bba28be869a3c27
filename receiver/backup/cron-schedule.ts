import type { Clock } from '../../shared/time/clock.ts';
import { Wake } from '../../shared/time/wake.ts';
import { cronRuns, nextRuns } from './cron-runs.ts';

/** A duty that runs at the times of a cron expression. Disposing ends it; a run under way is the duty's own matter. */
export interface CronSchedule extends Disposable {
  /** The next few runs from `atMs` on, ms since 1970; fewer where there are no more, none once disposed. */
  nextRuns(count: number, atMs: number): readonly number[];
}

/** Options of {@link startCronSchedule}. */
export interface CronScheduleOptions {
  /** Five fields, or a short form such as `@daily`. */
  readonly expression: string;
  /** Name of a time zone, `UTC` or as in `Europe/Lisbon`. */
  readonly timeZone: string;
  readonly clock: Clock;
  /** Never rejects, and is not called while it runs. */
  readonly duty: () => Promise<void>;
}

/**
 * The longest that the schedule trusts the clock on the wall to go on as it goes, ms. Clocks are set and machines are suspended,
 * and no timer notices.
 */
const LOOK_MS = 15_000;

/** A clock that is set back by less than this, within this time of a run, does not make the same run again. ms */
const SLACK_MS = 60_000;

/**
 * Starts a schedule that goes by the clock on the wall, wherever that is set: a run that is passed over, because the clock is set
 * ahead or the machine was suspended, is made late and once; when the clock is set back, the schedule goes on from there.
 *
 * @throws Error when the expression is none.
 */
export function startCronSchedule(options: CronScheduleOptions): CronSchedule {
  const { expression, timeZone, clock, duty } = options;
  const runs = cronRuns(expression, timeZone);
  const news = new Wake();
  const alarm = clock.alarm(() => news.wake());
  let isStopped = false;
  /** The run that was made last: when it was due, and when it began by the clock that never jumps. */
  let made = { dueMs: Number.NEGATIVE_INFINITY, beganMs: Number.NEGATIVE_INFINITY };

  function nextAfter(nowMs: number): number {
    const isJustMade = clock.monotonic() - made.beganMs <= SLACK_MS && made.dueMs - nowMs <= SLACK_MS;
    return runs.after(isJustMade ? Math.max(made.dueMs, nowMs) : nowMs) ?? Number.POSITIVE_INFINITY;
  }

  async function loop(): Promise<void> {
    let due = nextAfter(clock.now());
    while (!isStopped) {
      const nowMs = clock.now();
      if (nowMs >= due) {
        made = { dueMs: due, beganMs: clock.monotonic() };
        await duty();
      } else {
        alarm.set(Math.min(LOOK_MS, due - nowMs));
        await news.sleep();
        if (clock.now() >= due) continue;
      }
      due = nextAfter(clock.now());
    }
  }

  void loop();
  return {
    nextRuns: (count, atMs) => (isStopped ? [] : nextRuns(runs, count, atMs)),
    [Symbol.dispose]() {
      isStopped = true;
      alarm.clear();
      news.wake();
    },
  };
}
