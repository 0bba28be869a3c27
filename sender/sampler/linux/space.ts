import { isFilesystemSize } from '../../../shared/sample/limits.ts';
import type { Row } from '../../../shared/sample/sample.ts';
import { row } from '../round.ts';

/** What statfs(2) says of a file system; `fs.StatsFs` fits. */
export interface FilesystemSpace {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}

/** The space of a file system, bytes. */
export interface Space {
  readonly used: number;
  /** Free for everybody, and for root alone. */
  readonly free: number;
  readonly reserved: number;
  /** Share of the inodes that is used, 0–1; 0 where the file system has no fixed number of them. */
  readonly inodes: number;
}

/**
 * When root uses what is reserved for it, some file systems say -1 or -2 free blocks as a number of
 * 64 bits.
 */
const LEAST_NEGATIVE = 2 ** 63;

/** Understands what statfs(2) said; undefined when no file system can be so. */
export function spaceOf({ bsize, blocks, bfree, bavail, files, ffree }: FilesystemSpace): Space | undefined {
  if (!isFilesystemSize(blocks * bsize) || !(bfree >= 0 && bfree <= blocks)) return undefined;
  const free = bavail >= LEAST_NEGATIVE || bavail < 0 ? 0 : Math.min(bavail, bfree);
  const inodes = files > 0 && ffree >= 0 && ffree <= files ? (files - ffree) / files : 0;
  return { used: (blocks - bfree) * bsize, free: free * bsize, reserved: (bfree - free) * bsize, inodes };
}

/** As it stands in a sample. */
export function spaceRow({ used, free, reserved, inodes }: Space): Row {
  return row([used, free, reserved, inodes], 3);
}
