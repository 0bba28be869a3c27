import { InvalidArgumentError } from 'commander';
import { parseDurationMs } from './option-parsers.ts';

const MOMENT =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?)?(?: ?(Z|UTC|[+-]\d\d:?\d\d))?$/i;

const EXPECTED =
  'Expected a time such as 2026-11-20, 2026-11-20T22:00 (of this machine) or 2026-11-20T22:00Z (UTC)';

/** Farthest from UTC that a zone lies, minutes. */
const MAX_OFFSET_MINUTES = 14 * 60;

/**
 * Reads a moment that somebody typed, or a span of time before or after now; ms since 1970. There is one rule for the zone: without one
 * it is the local time of the machine on which the command runs, and that is how commands print times as well. For commander.
 *
 * @param direction where a span such as `90min` leads
 * @throws InvalidArgumentError also for a day or a time of day that does not exist
 */
export function parseMoment(text: string, direction: 'before now' | 'after now', nowMs: number): number {
  if (/^\d{4}-/.test(text)) return parseDate(text);
  if (!/^\d+(\.\d+)? ?[a-z]/i.test(text))
    throw new InvalidArgumentError(`${EXPECTED}, or a span such as 90min or 7d.`);
  const spanMs = parseDurationMs(text);
  return direction === 'after now' ? nowMs + spanMs : nowMs - spanMs;
}

function parseDate(text: string): number {
  const found = MOMENT.exec(text.trim());
  if (found === null) throw new InvalidArgumentError(`${EXPECTED}.`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const millisecond = Number((found[7] ?? '').padEnd(3, '0'));
  if (hour > 23 || minute > 59 || second > 59) {
    throw new InvalidArgumentError(`There is no time of day${timeOf(hour, minute, second)}.`);
  }
  const utc = new Date(Date.UTC(year, month - 1, day, hour, minute, second, millisecond));
  if (utc.getUTCFullYear() !== year || utc.getUTCMonth() !== month - 1 || utc.getUTCDate() !== day) {
    throw new InvalidArgumentError(`There is no day ${text.slice(0, 10)}.`);
  }
  const offset = offsetMinutes(found[8]);
  if (offset !== undefined) return utc.getTime() - offset * 60_000;
  const local = new Date(year, month - 1, day, hour, minute, second, millisecond);
  if (local.getHours() !== hour || local.getMinutes() !== minute) {
    throw new InvalidArgumentError(
      `There is no${timeOf(hour, minute, second)} on that day here: clocks go forward. Give the zone, such as ${text.trim()}Z.`,
    );
  }
  return local.getTime();
}

function timeOf(hour: number, minute: number, second: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return hour + minute + second === 0
    ? ''
    : ` ${two(hour)}:${two(minute)}${second === 0 ? '' : `:${two(second)}`}`;
}

/** Minutes before UTC; undefined where no zone is given. */
function offsetMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  const offset = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || offset > MAX_OFFSET_MINUTES)
    throw new InvalidArgumentError(`There is no zone ${zone}.`);
  return sign === '-' ? -offset : offset;
}
