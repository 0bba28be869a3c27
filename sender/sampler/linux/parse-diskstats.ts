import { wholeNumber } from './numbers.ts';

/** What one disk has done since boot. */
export interface DiskReading {
  readonly name: string;
  /** Bytes read, written; operations read, write; seconds reading, writing, busy. */
  readonly values: readonly number[];
}

/** In this file always 512 bytes, whatever the disk's own sector is. */
const SECTOR_BYTES = 512;

/**
 * A line of a drive. Left out is what is none, or would count the same bytes twice (device mapper:
 * LVM and encryption, over a disk listed itself). Behind the name: reads, merged, sectors, ms; the
 * same of writes; in flight (below 0 by a mistake of old kernels), ms busy.
 */
const DRIVE =
  /^ *\d+ +\d+ (?!(?:loop|ram|zram|dm-|sr|fd|nbd)\d|mmcblk\d+(?:boot\d|rpmb))(\S+) (\d+) \d+ (\d+) (\d+) (\d+) \d+ (\d+) (\d+) -?\d+ (\d+)/;

/**
 * Reads `/proc/diskstats`: whole disks that were used since boot, software RAID included.
 * Partitions are told by their name, which the kernel makes from the disk's (`sda1`, `nvme0n1p1`),
 * listed before them. See Documentation/admin-guide/iostats.rst.
 */
export function parseDiskstats(bytes: Buffer): DiskReading[] {
  const disks: DiskReading[] = [];
  let disk = '';
  for (const line of bytes.toString('utf8').split('\n')) {
    const match = DRIVE.exec(line);
    const name = match?.[1] ?? '';
    if (match === null || isPartition(name, disk)) continue;
    disk = name;
    const values = readValues(match);
    if (values !== undefined) disks.push({ name, values });
  }
  return disks;
}

// As disk_name() in block/partitions/core.c: a `p` stands between when the disk's name ends in a
// digit.
function isPartition(name: string, disk: string): boolean {
  if (disk === '' || !name.startsWith(disk)) return false;
  const rest = name.slice(disk.length);
  return /\d$/.test(disk) ? /^p\d+$/.test(rest) : /^\d+$/.test(rest);
}

function readValues(match: RegExpExecArray): number[] | undefined {
  const reads = wholeNumber(match[2]);
  const writes = wholeNumber(match[5]);
  if (!(reads + writes > 0)) return undefined;
  const values = [
    wholeNumber(match[3]) * SECTOR_BYTES,
    wholeNumber(match[6]) * SECTOR_BYTES,
    reads,
    writes,
    wholeNumber(match[4]) / 1000,
    wholeNumber(match[7]) / 1000,
    wholeNumber(match[8]) / 1000,
  ];
  // A counter that cannot be read is not 0: the next sample would show all of it as a leap.
  return values.includes(Number.NaN) ? undefined : values;
}
