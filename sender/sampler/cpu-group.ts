import { CPU_MODES, type CpuGroup, type CpuMode, type Row } from '../../shared/sample/sample.ts';
import { utilization } from './cpu-utilization.ts';
import { round, row } from './round.ts';

const IDLE = CPU_MODES.indexOf('idle');

/** What the processors have done since boot, in any unit of time; each array in the order of `CPU_MODES`. */
export interface CpuReading {
  readonly total: readonly number[];
  /** By logical number; a hole is a core that is offline. */
  readonly cores: readonly (readonly number[] | undefined)[];
  /** How many cores are online. */
  readonly online: number;
}

/** The processors: what has passed since boot, and what they did between two readings. */
export function cpuGroup(before: CpuReading | undefined, now: CpuReading, unitsPerSecond: number): CpuGroup {
  const time = row(
    now.total.map((units) => units / unitsPerSecond),
    2,
  );
  const shares = before === undefined ? undefined : utilization(before.total, now.total);
  if (before === undefined || shares === undefined) return { n: now.online, time };
  return {
    n: now.online,
    util: namedUtilization(shares),
    time,
    core: now.cores.map((core, number) => coreRow(before.cores[number], core)),
  };
}

function namedUtilization(shares: readonly number[]): CpuGroup['util'] {
  const named: Partial<Record<CpuMode, number>> = {};
  for (const [index, mode] of CPU_MODES.entries()) {
    const share = round(shares[index] ?? 0, 3);
    if (share > 0) named[mode] = share;
  }
  return named;
}

// Two decimals: a core has a hundred ticks in a second, so a third would say nothing.
function coreRow(before: readonly number[] | undefined, now: readonly number[] | undefined): Row | null {
  if (before === undefined || now === undefined) return null;
  const shares = utilization(before, now);
  return shares === undefined ? [] : row(shares.slice(IDLE + 1), 2);
}
