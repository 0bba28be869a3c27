import type { Row } from '../../../shared/sample/sample.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { StatFs } from './filesystems.ts';
import { isOfContainers } from './is-of-containers.ts';
import type { Mount } from './parse-mountinfo.ts';
import type { Pool } from './select-mounts.ts';
import { type Space, spaceOf, spaceRow } from './space.ts';

/** A file system, or a pool, that can be measured. */
export interface PoolWatch {
  readonly mount: Mount;
  /**
   * Its row in a sample. @throws what statfs does; an Error when no file system can be as it says
   */
  measure(): Promise<Row>;
}

/**
 * Hundreds of datasets add up to the use of a pool. Its free space, measured every time, shows
 * sooner that it fills.
 */
const DATASETS_EVERY_MS = 60_000;

/** More datasets of a pool are not added. */
const MAX_DATASETS = 1024;

/**
 * Measures a file system. Of a pool of ZFS, statfs(2) tells for each dataset what it holds, and
 * what is free for it. The pool holds what they hold together, and has free what a dataset without
 * a limit of its own has. The layers of containers are clones that share most of their bytes: only
 * the largest of them counts. Snapshots, volumes and datasets that are not mounted cannot be seen
 * this way.
 */
export function watchPool(
  { mount, datasets }: Pool,
  { statfs, clock }: { readonly statfs: StatFs; readonly clock: Pick<Clock, 'monotonic'> },
): PoolWatch {
  let others = { used: 0, free: 0 };
  let dueAt = Number.NEGATIVE_INFINITY;

  async function measureDatasets(): Promise<void> {
    dueAt = clock.monotonic() + DATASETS_EVERY_MS;
    const sum = { used: 0, free: 0 };
    let largestLayer = 0;
    for (const dataset of datasets.slice(0, MAX_DATASETS)) {
      // One that was unmounted meanwhile holds up nothing.
      const space = await spaceAt(dataset, statfs).catch(() => undefined);
      if (space === undefined) continue;
      if (isOfContainers(dataset)) largestLayer = Math.max(largestLayer, space.used);
      else sum.used += space.used;
      sum.free = Math.max(sum.free, space.free);
    }
    others = { ...sum, used: sum.used + largestLayer };
  }

  return {
    mount,
    async measure() {
      const space = await spaceAt(mount, statfs);
      if (datasets.length === 0) return spaceRow(space);
      if (clock.monotonic() >= dueAt) await measureDatasets();
      return spaceRow({ ...space, used: space.used + others.used, free: freeOf(space, others.free) });
    },
  };
}

/**
 * Less than half of what another dataset has free is a limit of its own; otherwise its own figure
 * is the newest.
 */
function freeOf({ free }: Space, largest: number): number {
  return free < largest / 2 ? largest : free;
}

async function spaceAt({ mountPoint, rawMountPoint }: Mount, statfs: StatFs): Promise<Space> {
  const space = spaceOf(await statfs(rawMountPoint ?? mountPoint));
  if (space === undefined)
    throw new Error(`no file system can have the space that ${mountPoint} is said to have`);
  return space;
}
