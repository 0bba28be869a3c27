import { isThreadCount } from '../../../shared/sample/limits.ts';

/** `/proc/loadavg`. */
export interface LoadavgReading {
  /** Load average of 1, 5 and 15 minutes; undefined when one of them cannot be. */
  readonly load: readonly [number, number, number] | undefined;
  /** Threads that exist; undefined when there cannot be so many. */
  readonly threads: number | undefined;
}

const PATTERN = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) \d+\/(\d+) /;

/** Reads `/proc/loadavg`, `0.20 0.18 0.12 1/80 11206`; undefined when it is something else. See proc_loadavg(5). */
export function parseLoadavg(bytes: Buffer): LoadavgReading | undefined {
  const match = PATTERN.exec(bytes.toString('latin1', 0, 128));
  if (match === null) return undefined;
  const load = [Number(match[1]), Number(match[2]), Number(match[3])] as const;
  const threads = Number(match[4]);
  return {
    load: load.every(isThreadCount) ? [...load] : undefined,
    threads: isThreadCount(threads) ? threads : undefined,
  };
}
