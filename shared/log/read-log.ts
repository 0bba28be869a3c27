import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createZstdDecompress } from 'node:zlib';
import { errnoOf } from '../errors/errors.ts';
import { listSegments, type StoredSegment } from './list-segments.ts';
import type { LogPaths } from './log.ts';
import type { Position } from './position.ts';
import { MAX_HEADER_BYTES, parseSegmentHeader } from './segment-header.ts';

const CHUNK_BYTES = 256 * 1024;

/** A run of a log's bytes and where it lies. */
export interface LogChunk extends Position {
  readonly bytes: Buffer;
}

/**
 * Reads one segment from `offset` to its present end, whether it lies open, closed or compressed; nothing when this copy does
 * not have it. Safe beside the program that writes: a segment that is closed or sealed meanwhile is found again.
 */
export async function* readSegment(
  paths: LogPaths,
  number: number,
  offset = 0,
  signal?: AbortSignal,
): AsyncGenerator<LogChunk, void, void> {
  let at = offset;
  // Each of the two moves (open → closed → sealed) may happen once between listing and opening.
  for (let tries = 0; tries < 4; tries++) {
    const stored = (await listSegments(paths)).find((segment) => segment.number === number);
    if (stored === undefined) return;
    try {
      for await (const bytes of readStored(stored, at, signal)) {
        yield { segment: number, offset: at, bytes };
        at += bytes.length;
      }
      return;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' && !(error instanceof SegmentMovedError)) throw error;
    }
  }
}

/** Reads a log from a position (its beginning when not given) to its present end, across segments. */
export async function* readLog(
  paths: LogPaths,
  from: Position = { segment: 1, offset: 0 },
  signal?: AbortSignal,
): AsyncGenerator<LogChunk, void, void> {
  for (const { number } of await listSegments(paths)) {
    if (number < from.segment) continue;
    yield* readSegment(paths, number, number === from.segment ? from.offset : 0, signal);
  }
}

/** The open segment's file turned out to hold another segment: the one that was looked for has been closed meanwhile. */
class SegmentMovedError extends Error {
  override readonly name = 'SegmentMovedError';
}

async function* readStored(
  stored: StoredSegment,
  from: number,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  if (stored.kind === 'sealed') {
    yield* skip(decode(stored.path, signal), from);
    return;
  }
  const file = await open(stored.path, 'r');
  try {
    if (stored.kind === 'open') await proveSegment(file, stored.number);
    const options = { highWaterMark: CHUNK_BYTES, start: from, autoClose: false, signal };
    yield* file.createReadStream(options) as AsyncIterable<Buffer>;
  } finally {
    await file.close();
  }
}

/** The file at the open segment's path may be the next segment's by the time it is opened; its first line tells. */
async function proveSegment(file: FileHandle, number: number): Promise<void> {
  const head = Buffer.alloc(MAX_HEADER_BYTES);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  if (parseSegmentHeader(head.subarray(0, bytesRead))?.segment !== number) throw new SegmentMovedError();
}

async function* decode(path: string, signal?: AbortSignal): AsyncGenerator<Buffer, void, void> {
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES, signal });
  const decoder = createZstdDecompress();
  source.on('error', (error) => decoder.destroy(error));
  try {
    yield* source.pipe(decoder) as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
    decoder.destroy();
  }
}

async function* skip(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer, void, void> {
  let left = count;
  for await (const chunk of chunks) {
    if (chunk.length > left) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
