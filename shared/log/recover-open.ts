import { open, stat, truncate } from 'node:fs/promises';
import { errnoOf } from '../errors/errors.ts';
import { readCheckpoint } from './checkpoint.ts';
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
  const checkpoint = await readCheckpoint(paths);
  const number = (await readOpenHeader(paths))?.segment;
  const isUsable =
    checkpoint?.bootId === bootId && checkpoint.segment === number && checkpoint.offset <= size;
  const file = await open(paths.open, 'r');
  try {
    return isUsable
      ? await crcOfFile(file, size, checkpoint.offset, checkpoint.crc)
      : await crcOfFile(file, size);
  } finally {
    await file.close();
  }
}
