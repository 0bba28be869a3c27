import type { Row } from '../../../shared/sample/sample.ts';
import { MAX_ENTRIES } from '../encode-sample.ts';
import { isOfContainers } from './is-of-containers.ts';
import type { Mount } from './parse-mountinfo.ts';

type Measured = readonly [mount: Mount, row: Row];

/**
 * Puts first what must not be left out of a sample that cannot hold all file systems: the root,
 * those of the machine before those of containers, the largest of each. Where all have room they
 * stay in the order of the mount table.
 */
export function rankFilesystems(measured: readonly Measured[]): readonly Measured[] {
  return measured.length <= MAX_ENTRIES.fs ? measured : measured.toSorted(compare);
}

function compare([a, rowA]: Measured, [b, rowB]: Measured): number {
  return (
    Number(b.mountPoint === '/') - Number(a.mountPoint === '/') ||
    Number(isOfContainers(a)) - Number(isOfContainers(b)) ||
    sizeOf(rowB) - sizeOf(rowA)
  );
}

function sizeOf([used = 0, free = 0, reserved = 0]: Row): number {
  return used + free + reserved;
}
