import { type FileHandle, open, stat } from 'node:fs/promises';
import { errnoOf } from '../errors/errors.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { type LogPaths, plainSegmentPath } from './log.ts';
import { crcOfFile } from './recover-tail.ts';
import { readTimes } from './seal-segment.ts';
import { encodeSegmentHeader, type SegmentHeader } from './segment-header.ts';

/** A segment that is not sealed: how much of it there is, bytes, and the CRC-32 of that. */
export interface UnsealedSegment {
  readonly segment: number;
  readonly bytes: number;
  readonly crc: number;
}

/** Measures a closed segment of which the file lies plain; one whose file is gone has no bytes. */
export async function measureClosedSegment(paths: LogPaths, segment: number): Promise<UnsealedSegment> {
  const file = await openIfThere(plainSegmentPath(paths, segment));
  if (file === undefined) return { segment, bytes: 0, crc: 0 };
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

/** How a segment ended. */
export interface HealedEnd {
  readonly bytes: number;
  /** Time of its last line, ms since 1970. */
  readonly lastLineMs: number;
}

/**
 * Ends a torn last line of a closed segment with `\n` and makes it durable. One of which nobody has anything gets its first line, `header`.
 */
export async function endHealedSegment(
  paths: LogPaths,
  segment: number,
  header: SegmentHeader,
): Promise<HealedEnd> {
  const path = plainSegmentPath(paths, segment);
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    if (size === 0) await file.writeFile(encodeSegmentHeader(header));
    else if (last[0] !== 0x0a) await file.writeFile('\n');
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDirectory(paths.directory);
  const { toMs: lastLineMs } = await readTimes(path);
  return { bytes: (await stat(path)).size, lastLineMs };
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return await open(path, 'r').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}
