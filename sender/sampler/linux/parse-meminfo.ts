import type { MemoryGroup, SwapGroup } from '../../../shared/sample/sample.ts';
import { numberAfter } from './numbers.ts';

/** Memory and swap space of `/proc/meminfo`. */
export interface MeminfoReading {
  readonly memory: MemoryGroup | undefined;
  readonly swap: SwapGroup | undefined;
}

/** Reads `/proc/meminfo`. As free(1) does, it counts buffers and reclaimable slab as cache. See proc_meminfo(5). */
export function parseMeminfo(bytes: Buffer): MeminfoReading {
  const text = bytes.toString('latin1');
  return { memory: readMemory(text), swap: readSwap(text) };
}

function readMemory(text: string): MemoryGroup | undefined {
  const total = bytesOf(text, 'MemTotal:');
  const free = bytesOf(text, 'MemFree:');
  if (total === undefined || free === undefined) return undefined;
  const buffers = bytesOf(text, 'Buffers:') ?? 0;
  const cached = bytesOf(text, 'Cached:') ?? 0;
  const reclaimable = bytesOf(text, 'SReclaimable:') ?? 0;
  const cache = buffers + cached + reclaimable;
  // Kernels before 3.14 do not say what is available.
  return { total, avail: bytesOf(text, 'MemAvailable:') ?? Math.min(total, free + cache), cache };
}

function readSwap(text: string): SwapGroup | undefined {
  const total = bytesOf(text, 'SwapTotal:');
  const free = bytesOf(text, 'SwapFree:');
  return total === undefined || free === undefined ? undefined : { total, used: Math.max(0, total - free) };
}

function bytesOf(text: string, key: string): number | undefined {
  const kibibytes = numberAfter(text, key);
  return kibibytes === undefined ? undefined : kibibytes * 1024;
}
