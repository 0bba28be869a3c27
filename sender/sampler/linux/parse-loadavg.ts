/** `/proc/loadavg`. */
export interface LoadavgReading {
  /** Load average of 1, 5 and 15 minutes. */
  readonly load: readonly [number, number, number];
  /** Threads that exist. */
  readonly threads: number;
}

const PATTERN = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) \d+\/(\d+) /;

/** Reads `/proc/loadavg`, `0.20 0.18 0.12 1/80 11206`; undefined when it is something else. See proc_loadavg(5). */
export function parseLoadavg(bytes: Buffer): LoadavgReading | undefined {
  const match = PATTERN.exec(bytes.toString('latin1', 0, 128));
  if (match === null) return undefined;
  return { load: [Number(match[1]), Number(match[2]), Number(match[3])], threads: Number(match[4]) };
}
