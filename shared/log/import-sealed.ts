import { createReadStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { errnoOf, UserError } from '../errors/errors.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { asidePath } from './aside-path.ts';
import { type Digest, startDigest } from './digest.ts';
import { type LogPaths, sealedSegmentPath } from './log.ts';
import { readSegment } from './read-log.ts';
import { isDecodingError, readSealed } from './read-stored.ts';
import { readSegmentRecords, recordSealed, type SegmentRecord } from './segment-records.ts';
import { syncFile, temporaryPath, writeNewFile } from './temporary-file.ts';

/**
 * Copies a sealed segment as it lies, compressed, into another copy of the same log, durably; the *copy* is decoded and
 * compared with the record before it counts (invariant 6). What lay there already is left when it is sound, and set
 * aside when it is not. Returns the bytes written, 0 when there was nothing to do.
 *
 * Killed at any point it can be run again. Where the target follows the log, use `LogFollower.adoptSealed`.
 *
 * @throws UserError `LOG_DAMAGED` when what arrived is not what `record` says; system errors of either disk.
 */
export async function importSealed(
  source: LogPaths,
  target: LogPaths,
  record: SegmentRecord,
  signal?: AbortSignal,
): Promise<number> {
  return await importFile(sealedSegmentPath(source, record.number), target, record, signal);
}

/** As {@link importSealed}, from a compressed file that lies anywhere. */
export async function importFile(
  from: string,
  target: LogPaths,
  record: SegmentRecord,
  signal?: AbortSignal,
): Promise<number> {
  const path = sealedSegmentPath(target, record.number);
  const isThere = await checkPresent(path, record, signal);
  if (isThere === 'sound') {
    await recordOnce(target, record);
    return 0;
  }
  const temporary = temporaryPath(path);
  try {
    const bytes = await copyProven(from, temporary, record, signal);
    if (isThere === 'damaged') await rename(path, asidePath(target, record.number, 'damaged'));
    await recordOnce(target, record);
    await rename(temporary, path);
    await syncDirectory(target.directory);
    return bytes;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** CRC-32 of the first `bytes` of a segment of a copy; undefined when the copy has less of it. */
export async function crcOfPrefix(
  paths: LogPaths,
  segment: number,
  bytes: number,
  signal?: AbortSignal,
): Promise<number | undefined> {
  let crc = 0;
  let left = bytes;
  for await (const chunk of readSegment(paths, segment, 0, signal)) {
    const part = chunk.bytes.subarray(0, left);
    crc = crc32(part, crc);
    left -= part.length;
    if (left === 0) return crc;
  }
  return undefined;
}

async function checkPresent(
  path: string,
  record: SegmentRecord,
  signal?: AbortSignal,
): Promise<'missing' | 'sound' | 'damaged'> {
  try {
    return isSame(await digestUpTo(path, record.bytes + 1, signal), record) ? 'sound' : 'damaged';
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'missing';
    if (isDecodingError(error)) return 'damaged';
    throw error;
  }
}

/** Of a file that holds far more than it should, no more is decoded than tells so. */
async function digestUpTo(path: string, limit: number, signal?: AbortSignal): Promise<Digest> {
  const digest = startDigest();
  let bytes = 0;
  for await (const chunk of readSealed(path, signal)) {
    digest.update(chunk);
    bytes += chunk.length;
    if (bytes >= limit) break;
  }
  return digest.result();
}

/** Copies, makes durable, and proves that the copy is what the record says. Returns its length, bytes. */
async function copyProven(
  from: string,
  to: string,
  record: SegmentRecord,
  signal?: AbortSignal,
): Promise<number> {
  await writeNewFile(to, async (file) => await pipeline(createReadStream(from), file, { signal }));
  await syncFile(to);
  if ((await checkPresent(to, record, signal)) !== 'sound') {
    const message = `the copy of ${from} is not the segment that is recorded (${record.bytes} bytes, SHA-256 ${record.sha256})`;
    throw new UserError('LOG_DAMAGED', message, {
      hint: 'Verify both copies: one of the two drives may be failing.',
    });
  }
  return (await stat(to)).size;
}

async function recordOnce(target: LogPaths, record: SegmentRecord): Promise<void> {
  const present = (await readSegmentRecords(target)).sealed.get(record.number);
  if (present === undefined || !isSame(present, record)) await recordSealed(target, record);
}

function isSame(a: Digest, b: Digest): boolean {
  return a.bytes === b.bytes && a.sha256 === b.sha256;
}
