const PATTERN = /^some \S+ \S+ \S+ total=(\d{1,15})\n(?:full \S+ \S+ \S+ total=(\d{1,15})\n)?/;

const MICROSECONDS_PER_SECOND = 1e6;

/**
 * Reads a file of `/proc/pressure`: seconds since boot in which some, and all, tasks were stalled.
 * The averages that stand there too follow from the totals of two samples. Undefined when it is
 * something else. See Documentation/accounting/psi.rst; kernels before 5.13 have no `full` line for
 * the CPU.
 */
export function parsePressure(bytes: Buffer): [number, number] | undefined {
  const match = PATTERN.exec(bytes.toString('latin1', 0, 512));
  if (match === null) return undefined;
  return [Number(match[1]) / MICROSECONDS_PER_SECOND, Number(match[2] ?? 0) / MICROSECONDS_PER_SECOND];
}

const AVERAGES = /^some avg10=(\d{1,3}\.\d+) .*\n(?:full avg10=(\d{1,3}\.\d+) )?/;

/**
 * Of the same file: the share of the last ten seconds in which some, and all, tasks were stalled,
 * 0–1; 0 where it is not told.
 */
export function parsePressureAverages(bytes: Buffer): [number, number] {
  const match = AVERAGES.exec(bytes.toString('latin1', 0, 512));
  return [Number(match?.[1] ?? 0) / 100, Number(match?.[2] ?? 0) / 100];
}
