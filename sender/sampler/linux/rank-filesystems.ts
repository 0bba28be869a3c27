import type { Row } from '../../../shared/sample/sample.ts';
import { MAX_ENTRIES } from '../encode-sample.ts';
import { isOfContainers } from './is-of-containers.ts';
import type { Mount } from './parse-mountinfo.ts';

type Measured = readonly [mount: Mount, row: Row];

/** From this share on a file system is nearly full: rules may soon have something to say about it. */
const NEARLY_FULL = 0.8;

/**
 * Puts first what must not be left out of a sample that cannot hold all file systems: the root,
 * those of the machine before those of containers, of each what is nearly full before the others,
 * and the largest first. Where all have room they stay in the order of the mount table.
 */
export function rankFilesystems(measured: readonly Measured[]): readonly Measured[] {
  return measured.length <= MAX_ENTRIES.fs ? measured : measured.toSorted(compare);
}

function compare([a, rowA]: Measured, [b, rowB]: Measured): number {
  return (
    Number(b.mountPoint === '/') - Number(a.mountPoint === '/') ||
    Number(isOfContainers(a)) - Number(isOfContainers(b)) ||
    Number(isNearlyFull(b, rowB)) - Number(isNearlyFull(a, rowA)) ||
    sizeOf(rowB) - sizeOf(rowA)
  );
}

/** What can only be read does not fill any further. */
function isNearlyFull({ isReadOnly }: Mount, [used = 0, free = 0, , inodes = 0]: Row): boolean {
  return !isReadOnly && Math.max(used / Math.max(1, used + free), inodes) >= NEARLY_FULL;
}

function sizeOf([used = 0, free = 0, reserved = 0]: Row): number {
  return used + free + reserved;
}
