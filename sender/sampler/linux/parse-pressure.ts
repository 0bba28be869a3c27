const PATTERN = /^(some|full) avg10=\S+ avg60=\S+ avg300=\S+ total=(\d{1,15})$/gm;

const MICROSECONDS_PER_SECOND = 1e6;

/**
 * Reads a file of `/proc/pressure`: seconds since boot in which some, and all, tasks were stalled. The averages that stand
 * there too follow from the totals of two samples. Undefined when it is something else.
 * See Documentation/accounting/psi.rst; kernels before 5.13 have no `full` line for the CPU.
 */
export function parsePressure(bytes: Buffer): [number, number] | undefined {
  let some: number | undefined;
  let full = 0;
  for (const [, kind, total] of bytes.toString('latin1', 0, 512).matchAll(PATTERN)) {
    const seconds = Number(total) / MICROSECONDS_PER_SECOND;
    if (kind === 'some') some = seconds;
    else full = seconds;
  }
  return some === undefined ? undefined : [some, full];
}
