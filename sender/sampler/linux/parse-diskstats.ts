import { Cursor } from './cursor.ts';

/** What one disk has done since boot. */
export interface DiskReading {
  readonly name: string;
  /** Bytes read, written; operations read, write; seconds reading, writing, busy. */
  readonly values: readonly number[];
}

/** In this file always 512 bytes, whatever the disk's own sector is. */
const SECTOR_BYTES = 512;

/** What is no drive, or would count the same bytes twice (device mapper: LVM and encryption, over a disk listed itself). */
const NOT_A_DISK = /^(?:loop|ram|zram|dm-|sr|fd|nbd)\d|^mmcblk\d+(?:boot\d|rpmb)/;

/**
 * Reads `/proc/diskstats`: whole disks that were used since boot, software RAID included. Partitions are told by their name,
 * which the kernel makes from the disk's (`sda1`, `nvme0n1p1`), listed before them.
 * See Documentation/admin-guide/iostats.rst.
 */
export function parseDiskstats(bytes: Buffer): DiskReading[] {
  const disks: DiskReading[] = [];
  const cursor = new Cursor(bytes);
  let disk = '';
  for (; !cursor.isAtEnd; cursor.nextLine()) {
    cursor.number();
    cursor.number();
    const name = cursor.word();
    if (name === '' || NOT_A_DISK.test(name) || isPartition(name, disk)) continue;
    disk = name;
    const values = readValues(cursor);
    if (values !== undefined) disks.push({ name, values });
  }
  return disks;
}

// As disk_name() in block/partitions/core.c: a `p` stands between when the disk's name ends in a digit.
function isPartition(name: string, disk: string): boolean {
  if (disk === '' || !name.startsWith(disk)) return false;
  const rest = name.slice(disk.length);
  return /\d$/.test(disk) ? /^p\d+$/.test(rest) : /^\d+$/.test(rest);
}

function readValues(cursor: Cursor): number[] | undefined {
  const reads = cursor.number();
  cursor.number(); // merged
  const sectorsRead = cursor.number();
  const readMs = cursor.number();
  const writes = cursor.number();
  cursor.number(); // merged
  const sectorsWritten = cursor.number();
  const writeMs = cursor.number();
  cursor.number(); // in flight
  const busyMs = cursor.number();
  if (Number.isNaN(busyMs) || reads + writes === 0) return undefined;
  return [
    sectorsRead * SECTOR_BYTES,
    sectorsWritten * SECTOR_BYTES,
    reads,
    writes,
    readMs / 1000,
    writeMs / 1000,
    busyMs / 1000,
  ];
}
