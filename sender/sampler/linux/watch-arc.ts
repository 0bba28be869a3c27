import type { Clock } from '../../../shared/time/clock.ts';
import { parseArcstats } from './parse-arcstats.ts';
import type { ProcFile } from './proc-file.ts';

/** How often a machine without ZFS is asked whether it has it now, ms. */
const LOOK_AGAIN_MS = 600_000;

/**
 * Makes a function that says what the cache of ZFS would give back, bytes; undefined without ZFS. It
 * is read for every sample, together with the memory that it is part of: a cache of a moment ago would
 * show as memory that comes and goes.
 */
export function watchArc(
  file: Pick<ProcFile, 'read'>,
  clock: Pick<Clock, 'monotonic'>,
): () => number | undefined {
  let dueAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (clock.monotonic() < dueAt) return undefined;
    const bytes = file.read();
    if (bytes !== undefined) return parseArcstats(bytes);
    dueAt = clock.monotonic() + LOOK_AGAIN_MS;
    return undefined;
  };
}
