import { Cursor } from './cursor.ts';

/** `/proc/PID/stat`, what of it matters here. */
export interface PidStatReading {
  readonly name: string;
  /** User and system time since the process began, ticks. */
  readonly ticks: number;
  /** When it began, ticks since boot: with the pid it names a process for good. */
  readonly startedTicks: number;
  /** Resident set, pages. */
  readonly rssPages: number;
}

/**
 * Reads `/proc/PID/stat`; undefined when it is something else. The name stands in parentheses and may hold spaces and
 * parentheses itself, so the last one ends it. See proc_pid_stat(5).
 */
export function parsePidStat(bytes: Buffer): PidStatReading | undefined {
  const open = bytes.indexOf('(');
  const close = bytes.lastIndexOf(')');
  if (open === -1 || close < open) return undefined;
  const cursor = new Cursor(bytes.subarray(close + 1));
  skipFields(cursor, 11); // state to cmajflt, fields 3 to 13
  const ticks = cursor.number() + cursor.number();
  skipFields(cursor, 6); // cutime to itrealvalue
  const startedTicks = cursor.number();
  skipFields(cursor, 1); // vsize
  const rssPages = cursor.number();
  if (Number.isNaN(ticks + startedTicks + rssPages)) return undefined;
  return { name: bytes.toString('utf8', open + 1, close), ticks, startedTicks, rssPages };
}

// Not read as numbers: a priority is negative, an address is beyond 2^53.
function skipFields(cursor: Cursor, count: number): void {
  for (let i = 0; i < count; i++) cursor.word();
}
