import { createReadStream } from 'node:fs';
import { rename, rm, stat, truncate } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { syncDirectory } from '../../shared/files/sync-directory.ts';
import { asidePath } from '../../shared/log/aside-path.ts';
import { readCheckpoint } from '../../shared/log/checkpoint.ts';
import { compareBytes } from '../../shared/log/compare-bytes.ts';
import { crcOfPrefix } from '../../shared/log/import-sealed.ts';
import { LineChecker } from '../../shared/log/line-checker.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { readSegment } from '../../shared/log/read-log.ts';
import { findSoundPrefix } from '../../shared/log/recover-tail.ts';
import { syncFile, temporaryPath, writeNewFile } from '../../shared/log/temporary-file.ts';
import type { LogReport, SegmentReport } from '../../shared/log/verify-log.ts';

/**
 * Mends a damaged open segment of a live log: what the mirror has of it is taken from there, what comes after that stays from the live
 * file, up to the first line that is none. So the live log keeps what is newer than the mirror. One that looks sound and differs from
 * the mirror's gives way only where the checkpoints prove that the mirror is right, and never to less. The file that gives way is set aside;
 * returns where, undefined when there was nothing to do.
 */
export async function spliceOpen(live: LogReport, mirror: LogReport): Promise<string | undefined> {
  const open = live.segments.find(({ kind }) => kind === 'open');
  const there = mirror.segments.find(({ number }) => number === open?.number);
  if (open === undefined || there === undefined || there.problems.length > 0) return undefined;
  const isDamaged = open.problems.length > 0;
  if (!isDamaged && !(await isMirrorRight(live.paths, mirror.paths, open, there))) return undefined;
  const { paths } = live;
  const { number } = open;
  const temporary = temporaryPath(paths.open);
  try {
    await write(temporary, mirror.paths, paths, there);
    await cutAtDamage(temporary, number);
    if (!isDamaged && (await stat(temporary)).size < open.bytes) return undefined;
    await syncFile(temporary);
    const aside = asidePath(paths, number, isDamaged ? 'damaged' : 'differs');
    await rename(open.path, aside);
    await rename(temporary, open.path);
    await syncDirectory(paths.root);
    await syncDirectory(paths.directory);
    return aside;
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Whether two copies of the open segment differ, and the live one is not what was written while the mirror's is, or may be. A checkpoint
 * holds the CRC-32 of what was written up to a place; where none tells, the live file stays, and its node compares when it connects.
 */
async function isMirrorRight(
  live: LogPaths,
  mirror: LogPaths,
  open: SegmentReport,
  there: SegmentReport,
): Promise<boolean> {
  const bytes = Math.min(open.bytes, there.bytes);
  const result = await compareBytes(bytesOf(live, open.number), bytesOf(mirror, open.number), bytes);
  if (result.kind === 'equal') return false;
  const [ofLive, ofMirror] = [await proofOf(live, open), await proofOf(mirror, there)];
  return ofLive === 'refuted' ? ofMirror !== 'refuted' : ofLive === 'unknown' && ofMirror === 'proven';
}

/** Whether an open segment still has the bytes of which its checkpoint holds the CRC-32. */
async function proofOf(
  paths: LogPaths,
  { number }: SegmentReport,
): Promise<'proven' | 'refuted' | 'unknown'> {
  const checkpoint = await readCheckpoint(paths);
  if (checkpoint?.segment !== number || checkpoint.offset === 0) return 'unknown';
  const crc = await crcOfPrefix(paths, number, checkpoint.offset);
  return crc === checkpoint.crc ? 'proven' : 'refuted';
}

async function write(path: string, mirror: LogPaths, live: LogPaths, there: SegmentReport): Promise<void> {
  const { number, bytes } = there;
  async function* spliced(): AsyncGenerator<Buffer, void, void> {
    yield* bytesOf(mirror, number);
    yield* bytesOf(live, number, bytes);
  }
  await writeNewFile(path, async (file) => await pipeline(spliced, file));
}

async function cutAtDamage(path: string, number: number): Promise<void> {
  const checker = new LineChecker(number);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) checker.push(chunk);
  const { problems } = checker.report();
  if (problems.length === 0) return;
  await truncate(path, Math.min(...problems.map(({ offset }) => offset)));
  await truncate(path, (await findSoundPrefix(path)).bytes);
}

async function* bytesOf(paths: LogPaths, segment: number, from = 0): AsyncGenerator<Buffer, void, void> {
  for await (const { bytes } of readSegment(paths, segment, from)) yield bytes;
}
