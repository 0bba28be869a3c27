import { cpus } from 'node:os';
import type { CpuReading } from '../cpu-group.ts';

/** Reads the processors' times through Node, ms. It knows no iowait, softirq and steal; they stay 0. */
export function readPortableCpu(): CpuReading {
  const cores = cpus().map(({ times }) => [
    times.idle,
    times.user,
    times.sys,
    0,
    0,
    0,
    times.nice,
    times.irq,
  ]);
  const total = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const core of cores) {
    for (const [mode, value] of core.entries()) total[mode] = (total[mode] ?? 0) + value;
  }
  return { total, cores, online: cores.length };
}
