import { formatClock, formatDate } from '../text/format-time.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Words for the ticks of a time axis, ms since 1970: as short as their distance allows, the day where it begins. */
export function formatTicks(ticksMs: readonly number[]): string[] {
  const step = (ticksMs[1] ?? 0) - (ticksMs[0] ?? 0);
  return ticksMs.map((atMs, index) => formatTick(atMs, step, ticksMs[index - 1]));
}

function formatTick(atMs: number, step: number, beforeMs: number | undefined): string {
  const at = new Date(atMs);
  const day = `${at.getDate()} ${MONTHS[at.getMonth()]}`;
  if (step >= 27 * DAY_MS) return `${MONTHS[at.getMonth()]} ${at.getFullYear()}`;
  if (step >= DAY_MS) return day;
  const isNewDay = beforeMs !== undefined && formatDate(beforeMs) !== formatDate(atMs);
  if (isNewDay && at.getHours() === 0 && at.getMinutes() === 0) return day;
  return formatClock(atMs).slice(0, step < MINUTE_MS ? 8 : 5);
}
