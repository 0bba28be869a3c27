import type { SwapGroup } from '../sample.ts';
import { numberAfter } from './cursor.ts';

/** Paging in `/proc/vmstat`: pages swapped in and out, major faults, since boot. */
export function parseVmstat(bytes: Buffer): Pick<SwapGroup, 'in' | 'out' | 'major'> {
  return {
    in: numberAfter(bytes, 'pswpin '),
    out: numberAfter(bytes, 'pswpout '),
    major: numberAfter(bytes, 'pgmajfault '),
  };
}
