const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A day of the calendar. @property month 1–12 */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** What the clocks on the wall show on one day in one time zone. Moments are ms since 1970. */
export interface ZonedDay {
  /** Every moment at which clocks show a time: none where it is skipped, two where it is repeated. In rising order. */
  momentsOf(hour: number, minute: number): readonly number[];
  /** The first moment at which clocks show a time. One that is skipped is taken as if clocks had not been changed. */
  momentOf(hour: number, minute: number): number;
}

/** The calendar and the clocks of one time zone. */
export interface ZonedTime {
  /** The day that it is there at a moment, ms since 1970. */
  dayAt(atMs: number): CalendarDay;
  /** The clocks there on a day. */
  clocksOn(day: CalendarDay): ZonedDay;
}

/** @param timeZone IANA name. @throws RangeError when there is no such zone */
export function zonedTime(timeZone: string): ZonedTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });

  /** What clocks show, as if it were UTC. */
  function shownAt(atMs: number): number {
    const shown = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => shown.get(type) ?? 0;
    return Date.UTC(
      ...([part('year'), part('month') - 1, part('day')] as const),
      ...([part('hour'), part('minute'), part('second')] as const),
    );
  }

  function offsetAt(atMs: number): number {
    const wholeMs = Math.floor(atMs / 1000) * 1000;
    return shownAt(wholeMs) - wholeMs;
  }

  return {
    dayAt: (atMs) => dayOf(shownAt(atMs)),
    clocksOn(day) {
      const midnightMs = shownOf(day, 0, 0);
      // Clocks are not changed twice within three days.
      const before = offsetAt(midnightMs - DAY_MS);
      const after = offsetAt(midnightMs + 2 * DAY_MS);
      const offsets = before === after ? [before] : [before, after];

      function momentsOf(hour: number, minute: number): readonly number[] {
        const shownMs = shownOf(day, hour, minute);
        const moments = offsets.map((offset) => shownMs - offset);
        if (moments.length === 1) return moments;
        return moments.filter((moment) => shownAt(moment) === shownMs).toSorted((a, b) => a - b);
      }

      return {
        momentsOf,
        momentOf: (hour, minute) => momentsOf(hour, minute)[0] ?? shownOf(day, hour, minute) - before,
      };
    },
  };
}

/** The day after. */
export function nextDay({ year, month, day }: CalendarDay): CalendarDay {
  return dayOf(Date.UTC(year, month - 1, day + 1));
}

function dayOf(shownMs: number): CalendarDay {
  const date = new Date(shownMs);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function shownOf({ year, month, day }: CalendarDay, hour: number, minute: number): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}
