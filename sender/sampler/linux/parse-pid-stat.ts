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
 * What stands behind the name: state to cmajflt (fields 3 to 13), utime, stime, cutime to itrealvalue, starttime, vsize, rss. Skipped
 * fields are not read as numbers: a priority is negative, an address is beyond 2^53.
 */
const FIELDS = /\)(?: \S+){11} (\d+) (\d+)(?: \S+){6} (\d+) \S+ (\d+)/y;

/**
 * Reads `/proc/PID/stat`; undefined when it is something else. The name stands in parentheses and may hold spaces and
 * parentheses itself, so the last one ends it. See proc_pid_stat(5).
 */
export function parsePidStat(bytes: Buffer): PidStatReading | undefined {
  const text = bytes.toString('latin1');
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open === -1 || close < open) return undefined;
  FIELDS.lastIndex = close;
  const match = FIELDS.exec(text);
  if (match === null) return undefined;
  const ticks = Number(match[1]) + Number(match[2]);
  const startedTicks = Number(match[3]);
  const rssPages = Number(match[4]);
  if (!Number.isSafeInteger(ticks + startedTicks + rssPages)) return undefined;
  return { name: bytes.toString('utf8', open + 1, close), ticks, startedTicks, rssPages };
}
