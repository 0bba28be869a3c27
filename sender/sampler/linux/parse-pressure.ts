const PATTERN = /^some \S+ \S+ \S+ total=(\d{1,15})\n(?:full \S+ \S+ \S+ total=(\d{1,15})\n)?/;

const MICROSECONDS_PER_SECOND = 1e6;

/**
 * Reads a file of `/proc/pressure`: seconds since boot in which some, and all, tasks were stalled. The averages that stand
 * there too follow from the totals of two samples. Undefined when it is something else.
 * See Documentation/accounting/psi.rst; kernels before 5.13 have no `full` line for the CPU.
 */
export function parsePressure(bytes: Buffer): [number, number] | undefined {
  const match = PATTERN.exec(bytes.toString('latin1', 0, 512));
  if (match === null) return undefined;
  return [Number(match[1]) / MICROSECONDS_PER_SECOND, Number(match[2] ?? 0) / MICROSECONDS_PER_SECOND];
}
