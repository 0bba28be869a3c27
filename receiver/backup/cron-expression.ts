import { createTask, parse } from 'node-cron';

/** What a cron expression asks for, in the terms of crontab(5). */
export interface CronTimes {
  /** In rising order. */
  readonly hours: readonly number[];
  /** In rising order. */
  readonly minutes: readonly number[];
  /** Whether the hours go by elapsed time: such a schedule takes no notice when clocks change to summer time and back. */
  readonly isEveryHour: boolean;
  /** Whether it runs on this day. @param month 1–12 */
  runsOn(year: number, month: number, day: number): boolean;
}

/** The short forms of crontab(5) that name a time; `@reboot` names none. */
const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
]);

const NOON = 12;

/**
 * Reads an expression of five fields, or a short form such as `@daily`.
 *
 * As in crontab(5), where both the day of the month and the weekday are given, one of them is enough; a field that begins
 * with `*` counts as not given. node-cron, which reads the fields, wants both.
 *
 * @throws Error when it is no such expression
 */
export function parseCronExpression(expression: string): CronTimes {
  const text = NICKNAMES.get(expression.trim().toLowerCase()) ?? expression.trim();
  const { hour, minute, month: months } = parse(text);
  const [, hourField = '', dayField = '', , weekdayField = ''] = text.split(/\s+/);
  const isDay = dayMatcher(dayField, '*');
  const isWeekday = dayMatcher('*', weekdayField);
  const isEither = !isOpen(dayField) && !isOpen(weekdayField);
  return {
    hours: hour.toSorted((a, b) => a - b),
    minutes: minute.toSorted((a, b) => a - b),
    isEveryHour: isOpen(hourField) || hour.length === 24,
    runsOn(year, month, day) {
      if (!months.includes(month)) return false;
      const noon = new Date(Date.UTC(year, month - 1, day, NOON));
      return isEither ? isDay(noon) || isWeekday(noon) : isDay(noon) && isWeekday(noon);
    },
  };
}

function isOpen(field: string): boolean {
  return field.startsWith('*') || field === '?';
}

/** Says of noon (UTC) of a day whether both fields match it. Left to node-cron, which also knows `L`, `15W` and `1#2`. */
function dayMatcher(dayField: string, weekdayField: string): (noon: Date) => boolean {
  if (dayField === '*' && weekdayField === '*') return () => true;
  const task = createTask(`0 ${NOON} ${dayField} * ${weekdayField}`, () => undefined, { timezone: 'UTC' });
  // It never starts; node-cron would remember it otherwise.
  void task.destroy();
  return (noon) => task.match(noon);
}
