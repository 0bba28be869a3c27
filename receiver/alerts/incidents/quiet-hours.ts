import type { Severity } from './incident.ts';

/** Hours of the day in which some messages wait. */
export interface QuietHours {
  /** Minutes since midnight. */
  readonly fromMinute: number;
  /** Minutes since midnight; less than `fromMinute` when they go past midnight. */
  readonly toMinute: number;
  /** IANA name; the machine's own when left out. */
  readonly timeZone?: string | undefined;
  /** What waits. */
  readonly severities: readonly Severity[];
}

/**
 * Tells whether it is quiet at a moment. It goes by what clocks on the wall show: where they are set forward over the
 * beginning or the end, the hours are shorter, never missed.
 */
export function quietHoursClock(hours: QuietHours): (atMs: number) => boolean {
  const { fromMinute, toMinute } = hours;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: hours.timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (atMs) => {
    const [hour = 0, minute = 0] = format.format(atMs).split(':').map(Number);
    const now = hour * 60 + minute;
    return fromMinute < toMinute ? now >= fromMinute && now < toMinute : now >= fromMinute || now < toMinute;
  };
}

/** Minutes since midnight of a time of day such as `22:00`. */
export function minuteOfDay(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return hour * 60 + minute;
}
