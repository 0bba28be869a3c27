/** Times as people read them, in the reader's own time zone, with the day first named by its year: `2026-11-21 14:03:05`. */

const HOUR_MS = 3_600_000;

/** Date and time to the second. */
export function formatDateTime(atMs: number): string {
  return `${formatDate(atMs)} ${formatClock(atMs)}`;
}

/** The day: `2026-11-21`. */
export function formatDate(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The time of day to the second: `14:03:05`. */
export function formatClock(atMs: number): string {
  const at = new Date(atMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** As short as it can be without being unclear: the time for today, otherwise the day and the time to the minute. */
export function formatMoment(atMs: number, nowMs: number): string {
  if (formatDate(atMs) === formatDate(nowMs)) return formatClock(atMs);
  const date = formatDate(atMs);
  const isThisYear = date.slice(0, 4) === formatDate(nowMs).slice(0, 4);
  return `${isThisYear ? date.slice(5) : date} ${formatClock(atMs).slice(0, 5)}`;
}

/** A range of time; the day is told once where it is the same. */
export function formatRange(fromMs: number, toMs: number): string {
  if (toMs - fromMs > 90 * 24 * HOUR_MS) return `${formatDate(fromMs)} – ${formatDate(toMs)}`;
  const isOneDay = formatDate(fromMs) === formatDate(toMs);
  return `${formatDateTime(fromMs)} – ${isOneDay ? formatClock(toMs) : formatDateTime(toMs)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
