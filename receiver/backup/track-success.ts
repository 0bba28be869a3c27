import type { Logger } from '../../shared/logging/logger.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { CronSchedule } from './cron-schedule.ts';
import { type MirrorProblem, OVERDUE_KEY, overdueProblem } from './mirror-problem.ts';
import { ageOfSuccess, type MirrorSuccess } from './mirror-record.ts';
import { watchOverdue } from './watch-overdue.ts';

/** Options of {@link trackSuccess}. */
export interface TrackSuccessOptions {
  /** The last success that is recorded. */
  readonly recorded: MirrorSuccess | undefined;
  readonly directory: string;
  /** Cron expression, and what became of it. */
  readonly schedule: string;
  readonly running: CronSchedule;
  /** Boot id of this machine. */
  readonly bootId: string;
  /** When the run under way began, ms of the clock that never jumps. */
  readonly runningSinceMs: () => number | undefined;
  /** Whether the last run failed, which tells more. */
  readonly isFailing: () => boolean;
  readonly onProblem: (problem: MirrorProblem) => void;
  readonly onSolved: (key: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The successes of the mirror. Disposing ends the watch over them. */
export interface SuccessTracker extends AsyncDisposable {
  /** The last one. Never ahead of the clock, which may have been set back since: it is dated by how long ago it was. */
  last(): MirrorSuccess | undefined;
  /** How old the last success was at the start, ms; undefined when there was none. */
  readonly ageAtStartMs: number | undefined;
  /** That none has come for too long. */
  overdue(): MirrorProblem | undefined;
  /** A run has succeeded now. */
  succeeded(success: MirrorSuccess): void;
}

/** Remembers when the mirror was last brought up to date, and tells when that is too long ago. */
export function trackSuccess(options: TrackSuccessOptions): SuccessTracker {
  const { recorded, directory, bootId, clock, log } = options;
  let last = recorded;
  let overdue: MirrorProblem | undefined;
  const now = { atMs: clock.now(), bootId, uptimeMs: clock.uptime() };
  const ageAtStartMs = recorded === undefined ? undefined : ageOfSuccess(recorded, now);
  const watch = watchOverdue({
    clock,
    ageMs: ageAtStartMs ?? 0,
    nextRuns: options.running.nextRuns,
    runningSinceMs: options.runningSinceMs,
    isFailing: options.isFailing,
    onOverdue(ageMs) {
      overdue = overdueProblem(directory, options.schedule, ageMs);
      log.error({ title: overdue.title, detail: overdue.detail }, 'the mirror is overdue');
      options.onProblem(overdue);
    },
    onError: (err) => log.error({ err }, 'cannot see whether the mirror is overdue'),
  });

  return {
    ageAtStartMs,
    last() {
      const nowMs = clock.now();
      if (last === undefined || last.atMs <= nowMs) return last;
      return { ...last, atMs: nowMs - watch.ageMs() };
    },
    overdue: () => overdue,
    succeeded(success) {
      last = success;
      overdue = undefined;
      watch.succeeded();
      options.onSolved(OVERDUE_KEY);
    },
    [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose](),
  };
}
