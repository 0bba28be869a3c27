import type { Stats } from 'node:fs';
import { open, stat, truncate } from 'node:fs/promises';
import { errnoOf } from '../errors/errors.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';
import { readOpenHeader } from './list-segments.ts';
import type { LogPaths } from './log.ts';
import { crcOfFile, findSoundPrefix, type SoundPrefix } from './recover-tail.ts';

/**
 * Measures the open segment of a copy. When it was last written under another boot than `bootId`, it is first cut back to what
 * is sound (invariant 5).
 */
export async function recoverOpen(
  paths: LogPaths,
  writtenUnder: string | undefined,
  bootId: string,
): Promise<SoundPrefix> {
  const size = await openSize(paths);
  if (size === 0) return { bytes: 0, crc: 0 };
  if (writtenUnder === bootId) return { bytes: size, crc: await crcFromCheckpoint(paths, size, bootId) };
  const prefix = await findSoundPrefix(paths.open);
  if (prefix.bytes < size) await truncate(paths.open, prefix.bytes);
  return prefix;
}

/** Length of the open segment's file, bytes; 0 when there is none. */
export async function openSize(paths: LogPaths): Promise<number> {
  try {
    return (await stat(paths.open)).size;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

async function crcFromCheckpoint(paths: LogPaths, size: number, bootId: string): Promise<number> {
  const checkpoint = await readCheckpointOfOpen(paths, bootId);
  const file = await open(paths.open, 'r');
  try {
    return checkpoint !== undefined && isOfFile(checkpoint, await file.stat())
      ? await crcOfFile(file, size, checkpoint.offset, checkpoint.crc)
      : await crcOfFile(file, size);
  } finally {
    await file.close();
  }
}

async function readCheckpointOfOpen(paths: LogPaths, bootId: string): Promise<Checkpoint | undefined> {
  const checkpoint = await readCheckpoint(paths);
  const number = (await readOpenHeader(paths))?.segment;
  return checkpoint?.bootId === bootId && checkpoint.segment === number ? checkpoint : undefined;
}

/** Whether the file is the one of the checkpoint and, where nothing has been appended since, has not been touched. */
function isOfFile({ offset, inode, changedMs }: Checkpoint, { size, ino, ctimeMs }: Stats): boolean {
  if (inode !== ino) return false;
  return size === offset ? changedMs === ctimeMs : size > offset;
}

/**
 * Whether the open segment of a copy no longer begins with what was written to it, as far as its checkpoint says that: the number of these
 * bytes, or undefined when it does or nothing is known. Reads all of them.
 */
export async function findAltered(paths: LogPaths, bootId: string): Promise<number | undefined> {
  const checkpoint = await readCheckpointOfOpen(paths, bootId);
  if (checkpoint === undefined || checkpoint.offset > (await openSize(paths))) return undefined;
  const { offset, crc } = checkpoint;
  const file = await open(paths.open, 'r');
  try {
    return (await crcOfFile(file, offset)) === crc ? undefined : offset;
  } finally {
    await file.close();
  }
}
