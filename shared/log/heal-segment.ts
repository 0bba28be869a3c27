import { open } from 'node:fs/promises';
import { syncDirectory } from '../files/sync-directory.ts';
import { type LogPaths, plainSegmentPath } from './log.ts';
import { crcOfFile } from './recover-tail.ts';

/** A segment that is not sealed: how much of it there is, bytes, and the CRC-32 of that. */
export interface UnsealedSegment {
  readonly segment: number;
  readonly bytes: number;
  readonly crc: number;
}

/** Measures a closed segment of which the file lies plain. */
export async function measureClosedSegment(paths: LogPaths, segment: number): Promise<UnsealedSegment> {
  const file = await open(plainSegmentPath(paths, segment), 'r');
  try {
    const { size: bytes } = await file.stat();
    return { segment, bytes, crc: await crcOfFile(file, bytes) };
  } finally {
    await file.close();
  }
}

/** Appends to a closed segment what another copy has beyond its end. @throws when `offset` is not that end. */
export async function healSegment(
  paths: LogPaths,
  segment: number,
  offset: number,
  bytes: Uint8Array,
): Promise<void> {
  const file = await open(plainSegmentPath(paths, segment), 'a');
  try {
    const { size } = await file.stat();
    if (size !== offset)
      throw new Error(`segment ${segment} ends at ${size}, its healing came for ${offset}`);
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}

/** Ends a torn last line of a closed segment with `\n` and makes it durable. */
export async function endHealedSegment(paths: LogPaths, segment: number): Promise<void> {
  const file = await open(plainSegmentPath(paths, segment), 'a+');
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    if (size > 0 && last[0] !== 0x0a) await file.writeFile('\n');
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDirectory(paths.directory);
}
