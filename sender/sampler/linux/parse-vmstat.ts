import { numberAfter } from './cursor.ts';

/** Paging in `/proc/vmstat`: pages swapped in and out, major faults, since boot; undefined when it is something else. */
export function parseVmstat(bytes: Buffer): [number, number, number] | undefined {
  const majorFaults = numberAfter(bytes, 'pgmajfault ');
  if (majorFaults === undefined) return undefined;
  return [numberAfter(bytes, 'pswpin ') ?? 0, numberAfter(bytes, 'pswpout ') ?? 0, majorFaults];
}
