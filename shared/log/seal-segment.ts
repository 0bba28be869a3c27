import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, crc32, createZstdCompress } from 'node:zlib';
import { errnoOf, UserError } from '../errors/errors.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { type Digest, digestOf, startDigest } from './digest.ts';
import { type LogPaths, plainSegmentPath, sealedSegmentPath } from './log.ts';
import { startPieceSums } from './piece-sums.ts';
import { readSealed } from './read-stored.ts';
import { readSegmentRecords, recordSealed, type SegmentRecord } from './segment-records.ts';
import { syncFile, temporaryPath, writeNewFile } from './temporary-file.ts';

const CHUNK_BYTES = 256 * 1024;

/** The plain file of a segment does not hold what was written to it. */
export class SegmentAlteredError extends Error {
  override readonly name = 'SegmentAlteredError';
}

/** What is known of a segment before it is sealed. */
export interface KnownContent {
  /** The record that a follower has from the writer. */
  readonly expected?: SegmentRecord | undefined;
  /** CRC-32 of what was written, where the writer knows that. */
  readonly crc?: number | undefined;
}

/**
 * Seals a closed segment: compresses it, decodes what was written and compares, records it, and only then lets the
 * plain file go (invariant 6).
 *
 * Killed at any point it can be run again; two runs at the same time end with one result.
 *
 * @throws UserError `LOG_DAMAGED` when the plain file is not what was expected, or the decoded copy differs; {@link SegmentAlteredError}
 *   when the file is not what its writer wrote
 */
export async function sealSegment(
  paths: LogPaths,
  number: number,
  { expected, crc }: KnownContent = {},
  signal?: AbortSignal,
): Promise<SegmentRecord> {
  const plain = plainSegmentPath(paths, number);
  const sealed = sealedSegmentPath(paths, number);
  const temporary = temporaryPath(sealed);
  try {
    const found = await compress(plain, temporary, signal);
    if (crc !== undefined && found.crc !== crc)
      throw new SegmentAlteredError(`${plain} does not hold what was written to it`);
    const record = {
      number,
      ...found.content,
      ...(await readTimes(plain)),
      isShort: expected?.isShort ?? false,
      ...(expected === undefined ? { pieces: found.pieces } : {}),
    };
    if (expected !== undefined) assertSame(plain, found.content, expected);
    assertSame(temporary, await digestSealed(temporary, signal), found.content);
    await syncFile(temporary);
    if (expected === undefined) await recordSealed(paths, record);
    await rename(temporary, sealed);
    await syncDirectory(paths.directory);
    await rm(plain, { force: true });
    return record;
  } catch (error) {
    await rm(temporary, { force: true });
    const isGone = errnoOf(error) === 'ENOENT' && (await exists(sealed));
    const done = isGone ? (await readSegmentRecords(paths)).sealed.get(number) : undefined;
    if (done === undefined) throw error;
    return done;
  }
}

/** Digest of the plain content of a sealed segment. @throws when it cannot be decoded. */
export async function digestSealed(path: string, signal?: AbortSignal): Promise<Digest> {
  return await digestOf(readSealed(path, signal));
}

/** Digest of the first `end` bytes of a plain file (all of it when not given). */
export async function digestPlain(path: string, end?: number, signal?: AbortSignal): Promise<Digest> {
  if (end === 0) return startDigest().result();
  const range = end === undefined ? {} : { end: end - 1 };
  return await digestOf(createReadStream(path, { highWaterMark: CHUNK_BYTES, signal, ...range }));
}

async function compress(
  plain: string,
  target: string,
  signal?: AbortSignal,
): Promise<{ readonly content: Digest; readonly pieces: readonly number[]; readonly crc: number }> {
  const digest = startDigest();
  let crc = 0;
  const sums = startPieceSums();
  const encoder = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  const source = createReadStream(plain, { highWaterMark: CHUNK_BYTES });
  async function* taken(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
    for await (const chunk of chunks) {
      digest.update(chunk);
      sums.update(chunk);
      crc = crc32(chunk, crc);
      yield chunk;
    }
  }
  await writeNewFile(target, async (file) => await pipeline(source, taken, encoder, file, { signal }));
  return { content: digest.result(), pieces: sums.result(), crc };
}

/** The times of the first and the last whole line of a plain segment, ms since 1970; 0 where a line says none. */
export async function readTimes(path: string): Promise<{ readonly fromMs: number; readonly toMs: number }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(Math.min(size, 64));
    await file.read(head, 0, head.length, 0);
    const tail = Buffer.alloc(Math.min(size, CHUNK_BYTES));
    await file.read(tail, 0, tail.length, size - tail.length);
    const lines = tail.toString('utf8').split('\n');
    const fromMs = timeOf(head.toString('utf8')) ?? 0;
    const toMs = lines.map(timeOf).findLast((time) => time !== undefined) ?? fromMs;
    return { fromMs, toMs };
  } finally {
    await file.close();
  }
}

/** The time with which a line of a log begins, ms since 1970; undefined when it begins otherwise. */
export function timeOf(line: string): number | undefined {
  const match = /^\{"t":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/.exec(line);
  return match?.[1] === undefined ? undefined : Date.parse(match[1]);
}

function assertSame(path: string, found: Digest, expected: Digest): void {
  if (found.sha256 === expected.sha256 && found.bytes === expected.bytes) return;
  const message = `${path} has ${found.bytes} bytes with SHA-256 ${found.sha256}, expected ${expected.bytes} with ${expected.sha256}`;
  throw new UserError('LOG_DAMAGED', message, { hint: 'The disk or memory of this machine may be failing.' });
}

/** Whether there is anything at `path`. */
export async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
