import { numberAfter } from './numbers.ts';

/** Paging in `/proc/vmstat`: pages swapped in and out, major faults, since boot; undefined when it is something else. */
export function parseVmstat(bytes: Buffer): [number, number, number] | undefined {
  const text = bytes.toString('latin1');
  const majorFaults = numberAfter(text, 'pgmajfault ');
  if (majorFaults === undefined) return undefined;
  return [numberAfter(text, 'pswpin ') ?? 0, numberAfter(text, 'pswpout ') ?? 0, majorFaults];
}
