/**
 * A moment for people: local time with its zone, and UTC, by which logs are written, e.g.
 * `2026-11-20 23:00:05 CET (22:00:05 UTC)`.
 *
 * @param timeZone IANA name; the machine's own when left out
 */
export function formatMoment(atMs: number, timeZone?: string): string {
  const utc = new Date(atMs).toISOString();
  const local = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    dateStyle: undefined,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes) => local.find((one) => one.type === type)?.value ?? '';
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  const time = `${part('hour')}:${part('minute')}:${part('second')}`;
  const zone = part('timeZoneName');
  if (zone === 'UTC') return `${date} ${time} UTC`;
  const utcDate = utc.slice(0, 10) === date ? '' : `${utc.slice(0, 10)} `;
  return `${date} ${time} ${zone} (${utcDate}${utc.slice(11, 19)} UTC)`;
}

/** The time of day with seconds, `23:00:05`, in a time zone; the machine's own when left out. */
export function formatClock(atMs: number, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium', hourCycle: 'h23' }).format(atMs);
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A span of time in its two largest units, e.g. `4 min 12 s`; a negative one (a clock was set) counts as none. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first < 0) return '0 s';
  let rest = seconds;
  const parts: string[] = [];
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}
