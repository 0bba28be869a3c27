import { type CronTimes, parseCronExpression } from './cron-expression.ts';
import { nextDay, type ZonedDay, zonedTime } from './zoned-time.ts';

/** Far enough for a 29 February that has to be a certain weekday, across a century without one; days. */
const MAX_DAYS = 366 * 40;

/** When a schedule runs. */
export interface CronRuns {
  /** The first run after a moment, both ms since 1970; undefined when there is none within forty years. */
  after(atMs: number): number | undefined;
}

/**
 * The runs of a cron expression in a time zone. When clocks change, a schedule that names its hours runs once on that day for
 * each time that it names: a time that is skipped runs as late as if clocks had not been changed (2:30 becomes 3:30), one that is
 * repeated only the first time. A schedule for every hour goes on by elapsed time.
 *
 * @param timeZone IANA name
 * @throws Error when it is no cron expression
 */
export function cronRuns(expression: string, timeZone: string): CronRuns {
  const times = parseCronExpression(expression);
  const zone = zonedTime(timeZone);
  return {
    after(atMs) {
      let day = zone.dayAt(atMs);
      for (let left = MAX_DAYS; left > 0; left -= 1, day = nextDay(day)) {
        if (!times.runsOn(day.year, day.month, day.day)) continue;
        const next = firstOnDay(times, zone.clocksOn(day), atMs);
        if (next !== undefined) return next;
      }
      return undefined;
    },
  };
}

/** The next few runs of a schedule, ms since 1970; fewer where there are no more. */
export function nextRuns(runs: CronRuns, count: number, atMs: number): readonly number[] {
  const found: number[] = [];
  for (let next = runs.after(atMs); next !== undefined && found.length < count; next = runs.after(next)) {
    found.push(next);
  }
  return found;
}

/** The earliest run of the day later than `atMs`. */
function firstOnDay(
  { hours, minutes, isEveryHour }: CronTimes,
  clocks: ZonedDay,
  atMs: number,
): number | undefined {
  for (const hour of hours) {
    const moments = minutes.flatMap((minute) =>
      isEveryHour ? clocks.momentsOf(hour, minute) : [clocks.momentOf(hour, minute)],
    );
    const later = moments.filter((moment) => moment > atMs);
    if (later.length > 0) return Math.min(...later);
  }
  return undefined;
}
