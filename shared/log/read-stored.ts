import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createZstdDecompress } from 'node:zlib';
import { errnoOf } from '../errors/errors.ts';
import type { StoredSegment } from './list-segments.ts';
import { MAX_HEADER_BYTES, parseSegmentHeader } from './segment-header.ts';

const CHUNK_BYTES = 256 * 1024;

/** The open segment's file turned out to hold another segment: the one that was looked for has been closed meanwhile. */
export class SegmentMovedError extends Error {
  override readonly name = 'SegmentMovedError';
}

/** Options of {@link readStored}. */
export interface ReadStoredOptions {
  /** Where to begin, bytes of plain content; the beginning when not given. */
  readonly from?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Ends where the file ended when it was opened, even if it grows meanwhile. */
  readonly isBounded?: boolean | undefined;
}

/**
 * Reads the plain content of one file of a segment.
 *
 * @throws {@link SegmentMovedError}, or `ENOENT`, when the file is not that segment's any more: list and try again.
 */
export async function* readStored(
  stored: StoredSegment,
  options: ReadStoredOptions = {},
): AsyncGenerator<Buffer, void, void> {
  const { from = 0, signal } = options;
  if (stored.kind === 'sealed') {
    yield* skipBytes(readSealed(stored.path, signal), from);
    return;
  }
  const file = await open(stored.path, 'r');
  try {
    if (stored.kind === 'open') await proveSegment(file, stored.number);
    const { size } = await file.stat();
    if (size <= from) return;
    const end = options.isBounded === true ? { end: size - 1 } : {};
    // A stream on a file handle that begins under an aborted signal emits an error that nobody can
    // listen to yet, and Node ends the process.
    signal?.throwIfAborted();
    const stream = { highWaterMark: CHUNK_BYTES, start: from, autoClose: false, signal, ...end };
    yield* file.createReadStream(stream) as AsyncIterable<Buffer>;
  } finally {
    await file.close();
  }
}

/** Decodes a compressed segment. @throws an error that {@link isDecodingError} knows, when it is damaged or ends early. */
export async function* readSealed(path: string, signal?: AbortSignal): AsyncGenerator<Buffer, void, void> {
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

/** Whether an error says that a compressed segment is damaged, rather than that it could not be read. */
export function isDecodingError(error: unknown): boolean {
  const code = errnoOf(error) ?? '';
  return code.startsWith('ZSTD_') || code === 'Z_BUF_ERROR';
}

/** The file at the open segment's path may be the next segment's by the time it is opened; its first line tells. */
async function proveSegment(file: FileHandle, number: number): Promise<void> {
  const head = Buffer.alloc(MAX_HEADER_BYTES);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  if (parseSegmentHeader(head.subarray(0, bytesRead))?.segment !== number) throw new SegmentMovedError();
}

/** Leaves out the first `count` bytes. */
export async function* skipBytes(
  chunks: AsyncIterable<Buffer>,
  count: number,
): AsyncGenerator<Buffer, void, void> {
  let left = count;
  for await (const chunk of chunks) {
    if (chunk.length > left) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
