import { type Logger as CronLogger, createTask } from 'node-cron';
import type { Logger } from '../../shared/logging/logger.ts';

/** A duty that runs at the times of a cron expression. Disposing ends it; a run under way is the duty's own matter. */
export interface CronSchedule extends AsyncDisposable {
  /** When it runs next, ms since 1970; undefined when never again. */
  nextRunAtMs(): number | undefined;
}

/** Options of {@link startCronSchedule}. */
export interface CronScheduleOptions {
  /** Five fields, or six with seconds in front. */
  readonly expression: string;
  /** Name of a time zone, `UTC` or as in `Europe/Lisbon`. */
  readonly timezone: string;
  readonly log: Logger;
  /** Never rejects, and is not called while it runs. */
  readonly duty: () => Promise<void>;
}

/** Starts a schedule. It does not keep the process alive. @throws Error when the expression is none. */
export async function startCronSchedule(options: CronScheduleOptions): Promise<CronSchedule> {
  const { expression, timezone, duty, log } = options;
  const settings = { timezone, noOverlap: true, unref: true, logger: cronLogger(log) };
  const task = createTask(expression, duty, settings);
  await task.start();
  return {
    nextRunAtMs: () => task.getNextRun()?.getTime(),
    async [Symbol.asyncDispose]() {
      await task.destroy();
    },
  };
}

/** A run that was missed because the machine slept, or left out because one was under way, is no event for an administrator. */
function cronLogger(log: Logger): CronLogger {
  const debug = (message: string | Error, err?: Error) =>
    log.debug({ err: err ?? (message instanceof Error ? message : undefined) }, String(message));
  return { info: debug, warn: debug, error: debug, debug };
}
