import { createReadStream } from 'node:fs';
import { rename, rm, truncate } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { syncDirectory } from '../../shared/files/sync-directory.ts';
import { asidePath } from '../../shared/log/aside-path.ts';
import { compareBytes } from '../../shared/log/compare-bytes.ts';
import { LineChecker } from '../../shared/log/line-checker.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { readSegment } from '../../shared/log/read-log.ts';
import { findSoundPrefix } from '../../shared/log/recover-tail.ts';
import { syncFile, temporaryPath, writeNewFile } from '../../shared/log/temporary-file.ts';
import type { LogReport, SegmentReport } from '../../shared/log/verify-log.ts';

/**
 * Mends a damaged open segment of a live log, or one that differs from the mirror's: what the mirror has of it is taken from there, what
 * comes after that stays from the live file, up to the first line that is none. So the live log keeps what is newer than the mirror. The
 * damaged file is set aside; returns where, undefined when there was nothing to do.
 */
export async function spliceOpen(live: LogReport, mirror: LogReport): Promise<string | undefined> {
  const open = live.segments.find(({ kind }) => kind === 'open');
  const there = mirror.segments.find(({ number }) => number === open?.number);
  if (open === undefined || there === undefined || there.problems.length > 0) return undefined;
  if (open.problems.length === 0 && (await isSame(live.paths, mirror.paths, open, there))) return undefined;
  const { paths } = live;
  const { number } = open;
  const temporary = temporaryPath(paths.open);
  try {
    await write(temporary, mirror.paths, paths, there);
    await cutAtDamage(temporary, number);
    await syncFile(temporary);
    const aside = asidePath(paths, number, open.problems.length > 0 ? 'damaged' : 'differs');
    await rename(open.path, aside);
    await rename(temporary, open.path);
    await syncDirectory(paths.root);
    await syncDirectory(paths.directory);
    return aside;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Whether both have the same bytes, as far as both go. */
async function isSame(
  live: LogPaths,
  mirror: LogPaths,
  open: SegmentReport,
  there: SegmentReport,
): Promise<boolean> {
  const bytes = Math.min(open.bytes, there.bytes);
  const result = await compareBytes(bytesOf(live, open.number), bytesOf(mirror, open.number), bytes);
  return result.kind === 'equal';
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
