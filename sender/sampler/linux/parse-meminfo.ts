import { isMemorySize } from '../../../shared/sample/limits.ts';
import type { MemoryGroup, SwapGroup } from '../../../shared/sample/sample.ts';
import { numberAfter } from './numbers.ts';

/** Memory and swap space of `/proc/meminfo`. */
export interface MeminfoReading {
  readonly memory: MemoryGroup | undefined;
  readonly swap: SwapGroup | undefined;
}

/**
 * Reads `/proc/meminfo`. As free(1) does, it counts buffers and reclaimable slab as cache. See proc_meminfo(5).
 *
 * In a container (LXC) some figures are those of the host: one that is larger than all memory is passed over.
 *
 * @param arcBytes what the cache of ZFS would give back. The kernel takes it for used, because ZFS keeps it itself
 */
export function parseMeminfo(bytes: Buffer, arcBytes = 0): MeminfoReading {
  const text = bytes.toString('latin1');
  return { memory: readMemory(text, arcBytes), swap: readSwap(text) };
}

function readMemory(text: string, arcBytes: number): MemoryGroup | undefined {
  const total = bytesOf(text, 'MemTotal:');
  if (total === undefined || total === 0 || !isMemorySize(total)) return undefined;
  const part = (key: string) => atMost(total, bytesOf(text, key));
  const free = part('MemFree:');
  const cached = part('Cached:');
  const others = (part('Buffers:') ?? 0) + (part('SReclaimable:') ?? 0);
  // Files in memory (tmpfs) count as cached, and cannot be given back. Where MemAvailable is that of
  // a container's host, so may this be.
  const shared = bytesOf(text, 'MemAvailable:') === undefined ? (part('Shmem:') ?? 0) : 0;
  const fromKernel = part('MemAvailable:') ?? estimate(free, Math.max(0, (cached ?? 0) - shared) + others);
  if (fromKernel === undefined) return undefined;
  // The cache of a host's ZFS would not fit into what its container uses.
  const arc = free !== undefined && arcBytes <= total - free ? arcBytes : 0;
  const avail = Math.min(total, fromKernel + arc);
  if (cached === undefined) return { total, avail };
  return { total, avail, cache: Math.min(cached + others + arc, total - (free ?? 0)) };
}

/** For kernels before 3.14, which do not say what is available, and containers that are told what their host has. */
function estimate(free: number | undefined, cache: number): number | undefined {
  return free === undefined ? undefined : free + cache;
}

function readSwap(text: string): SwapGroup | undefined {
  const total = bytesOf(text, 'SwapTotal:');
  if (total === undefined || !isMemorySize(total)) return undefined;
  if (total === 0) return { total, used: 0 };
  const free = atMost(total, bytesOf(text, 'SwapFree:'));
  return free === undefined ? undefined : { total, used: total - free };
}

function atMost(most: number, value: number | undefined): number | undefined {
  return value === undefined || value > most ? undefined : value;
}

function bytesOf(text: string, key: string): number | undefined {
  const kibibytes = numberAfter(text, key);
  return kibibytes === undefined ? undefined : kibibytes * 1024;
}
