import type { MemoryGroup, SwapGroup } from '../sample.ts';
import { numberAfter } from './cursor.ts';

/** Memory and swap space of `/proc/meminfo`, bytes. See proc_meminfo(5). */
export interface MeminfoReading {
  readonly memory: MemoryGroup | undefined;
  readonly swap: Pick<SwapGroup, 'total' | 'used'> | undefined;
}

/** Reads `/proc/meminfo`. As free(1) does, it counts reclaimable slab as cache. */
export function parseMeminfo(bytes: Buffer): MeminfoReading {
  const total = bytesOf(bytes, 'MemTotal:');
  const cached = bytesOf(bytes, 'Cached:');
  const swapTotal = bytesOf(bytes, 'SwapTotal:');
  const swapFree = bytesOf(bytes, 'SwapFree:');
  return {
    memory:
      total === undefined
        ? undefined
        : {
            total,
            avail: bytesOf(bytes, 'MemAvailable:'),
            free: bytesOf(bytes, 'MemFree:'),
            buffers: bytesOf(bytes, 'Buffers:'),
            cached: cached === undefined ? undefined : cached + (bytesOf(bytes, 'SReclaimable:') ?? 0),
          },
    swap:
      swapTotal === undefined || swapFree === undefined
        ? undefined
        : {
            total: swapTotal,
            used: Math.max(0, swapTotal - swapFree),
          },
  };
}

function bytesOf(bytes: Buffer, key: string): number | undefined {
  const kibibytes = numberAfter(bytes, key);
  return kibibytes === undefined ? undefined : kibibytes * 1024;
}
