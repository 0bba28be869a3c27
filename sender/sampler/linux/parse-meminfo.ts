import type { MemoryGroup, SwapGroup } from '../../../shared/sample/sample.ts';
import { numberAfter } from './cursor.ts';

/** Memory and swap space of `/proc/meminfo`. */
export interface MeminfoReading {
  readonly memory: MemoryGroup | undefined;
  readonly swap: SwapGroup | undefined;
}

/** Reads `/proc/meminfo`. As free(1) does, it counts buffers and reclaimable slab as cache. See proc_meminfo(5). */
export function parseMeminfo(bytes: Buffer): MeminfoReading {
  return { memory: readMemory(bytes), swap: readSwap(bytes) };
}

function readMemory(bytes: Buffer): MemoryGroup | undefined {
  const total = bytesOf(bytes, 'MemTotal:');
  const free = bytesOf(bytes, 'MemFree:');
  if (total === undefined || free === undefined) return undefined;
  const buffers = bytesOf(bytes, 'Buffers:') ?? 0;
  const cached = bytesOf(bytes, 'Cached:') ?? 0;
  const reclaimable = bytesOf(bytes, 'SReclaimable:') ?? 0;
  const cache = buffers + cached + reclaimable;
  // Kernels before 3.14 do not say what is available.
  return { total, avail: bytesOf(bytes, 'MemAvailable:') ?? Math.min(total, free + cache), cache };
}

function readSwap(bytes: Buffer): SwapGroup | undefined {
  const total = bytesOf(bytes, 'SwapTotal:');
  const free = bytesOf(bytes, 'SwapFree:');
  return total === undefined || free === undefined ? undefined : { total, used: Math.max(0, total - free) };
}

function bytesOf(bytes: Buffer, key: string): number | undefined {
  const kibibytes = numberAfter(bytes, key);
  return kibibytes === undefined ? undefined : kibibytes * 1024;
}
