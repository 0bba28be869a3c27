const PATTERN = /^(some|full) avg10=(\d+\.\d+) avg60=\S+ avg300=\S+ total=(\d+)$/gm;

const MICROSECONDS_PER_SECOND = 1e6;

/**
 * Reads a file of `/proc/pressure`: seconds in which some, then all, tasks were stalled since boot, and the same as
 * shares of the last ten seconds, 0–1. Undefined when it is something else.
 * See Documentation/accounting/psi.rst; kernels before 5.13 have no `full` line for the CPU.
 */
export function parsePressure(bytes: Buffer): [number, number, number, number] | undefined {
  const values: [number, number, number, number] = [0, 0, 0, 0];
  let isFound = false;
  for (const [, kind, average10, total] of bytes.toString('latin1', 0, 512).matchAll(PATTERN)) {
    const at = kind === 'some' ? 0 : 1;
    values[at] = Number(total) / MICROSECONDS_PER_SECOND;
    values[at + 2] = Number(average10) / 100;
    isFound ||= kind === 'some';
  }
  return isFound ? values : undefined;
}
