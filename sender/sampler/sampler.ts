/**
 * The sampler: asks the machine how it is, and answers with one line of the log.
 *
 * On Linux it reads `/proc` and `/sys` itself, through files that stay open (`linux/`); elsewhere it asks the package
 * systeminformation (`portable/`). What a line holds, in which units, is written in `docs/log-format.md`; its type is
 * {@link import('../../shared/sample/sample.ts').Sample}. Beside the samples there are two rarer lines: the busiest processes
 * (`top-processes.ts`) and the inventory (`inventory.ts`).
 *
 * Invariants. Tests cite them by number.
 *
 * 1. `sample()` never throws and never waits for hardware: what may hang (`statfs`, sensors, systeminformation) is read in
 *    the background, and a sample takes the last value, or leaves the key out when that is too old.
 * 2. At most two `statfs` calls (or the `stat` before them) and one sensor read are out at a time, so
 *    that a dead mount cannot take the threads that write the log.
 * 3. A file that is missing or garbled costs its own key and nothing else.
 * 4. A line is valid JSON of at most 64 KiB, whatever the machine calls its disks, mounts and processes; what was cut off to
 *    keep to that is counted in the line.
 * 5. No process is started to take a sample on Linux.
 * 6. Ratios lie in 0–1 even when a counter runs backwards or a core comes or goes.
 * 7. A gauge lies within the limits of `shared/sample/limits.ts`, or its key is left out.
 * 8. On Linux a sample opens no file that was open for the one before. What stands on what
 *    (`linux/layers.ts`) and what is mounted is looked at in the background, and only now and then.
 */

import { type Clock, systemClock } from '../../shared/time/clock.ts';
import type { StatFs } from './linux/filesystems.ts';
import { startLinuxSampler } from './linux/linux-sampler.ts';

/** Takes samples. */
export interface Sampler extends AsyncDisposable {
  /**
   * The machine as it is now, as one line without `\n`. Utilizations are those since the sample before (the first: since
   * the start). Never throws, and takes at most a few milliseconds.
   *
   * @param atMs the time the line shall carry, ms since 1970
   */
  sample(atMs: number): string;
}

/** Options of {@link startSampler}; the defaults are the real machine. */
export interface SamplerOptions {
  /** The directory that holds `proc/` and `sys/`; default `/`. */
  readonly root?: string | undefined;
  /** As Node names it; default: this machine's. */
  readonly platform?: NodeJS.Platform | undefined;
  readonly clock?: Clock | undefined;
  /** Asks for the space of one file system; default: the system call. May hang. */
  readonly statfs?: StatFs | undefined;
}

/** Starts the sampler of this platform. Resolves when the slow readings were there once, or after two seconds. */
export async function startSampler(options: SamplerOptions = {}): Promise<Sampler> {
  const clock = options.clock ?? systemClock;
  if ((options.platform ?? process.platform) === 'linux') {
    return await startLinuxSampler({ root: options.root ?? '/', clock, statfs: options.statfs });
  }
  // Ten megabytes that a Linux machine never needs.
  const { startPortableSampler } = await import('./portable/portable-sampler.ts');
  return await startPortableSampler(clock);
}
