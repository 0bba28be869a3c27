import { type Clock, systemClock } from '../../shared/time/clock.ts';
import type { BusiestProcesses, ProcessUse } from './busiest-processes.ts';
import { shortName } from './encode-sample.ts';
import { round } from './round.ts';

/** Tells which processes use most. */
export interface TopProcesses {
  /**
   * The five busiest and the five largest processes, as a line of the log without `\n`. Takes a while on a machine with thousands of
   * processes, but never holds up the event loop for long. Not to be called again before it has resolved.
   *
   * @param atMs the time the line shall carry, ms since 1970
   */
  read(atMs: number): Promise<string>;
}

/** Options of {@link startTopProcesses}; the defaults are the real machine. */
export interface TopProcessesOptions {
  /** The directory that holds `proc/`; default `/`. */
  readonly root?: string | undefined;
  readonly platform?: NodeJS.Platform | undefined;
  readonly clock?: Clock | undefined;
}

/** Takes the first reading, from which the next counts. */
export async function startTopProcesses(options: TopProcessesOptions = {}): Promise<TopProcesses> {
  const readBusiest = await chooseReader(options);
  await readBusiest();
  return {
    async read(atMs) {
      const busiest = await readBusiest();
      return JSON.stringify({ t: new Date(atMs).toISOString(), top: mapUses(busiest) });
    },
  };
}

async function chooseReader(options: TopProcessesOptions): Promise<() => Promise<BusiestProcesses>> {
  if ((options.platform ?? process.platform) === 'linux') {
    const { linuxTopProcesses } = await import('./linux/linux-top-processes.ts');
    return linuxTopProcesses(options.root ?? '/', options.clock ?? systemClock);
  }
  const { readPortableTopProcesses } = await import('./portable/portable-top-processes.ts');
  return readPortableTopProcesses;
}

function mapUses({ hidden, cpu, mem }: BusiestProcesses): BusiestProcesses {
  const shown = (use: ProcessUse): ProcessUse => ({
    pid: use.pid,
    name: shortName(use.name),
    cpu: round(Math.min(1, Math.max(0, use.cpu)), 4),
    rss: use.rss,
  });
  return { hidden, cpu: cpu.map(shown), mem: mem.map(shown) };
}
