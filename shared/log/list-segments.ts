import { open, readdir } from 'node:fs/promises';
import { errnoOf } from '../errors/errors.ts';
import { type LogPaths, plainSegmentPath, sealedSegmentPath } from './log.ts';
import { MAX_HEADER_BYTES, parseSegmentHeader, type SegmentHeader } from './segment-header.ts';

/** One segment of a copy as it lies on the disk. */
export interface StoredSegment {
  readonly number: number;
  /** `open`: being written; `closed`: plain, waiting to be sealed or interrupted; `sealed`: compressed. */
  readonly kind: 'open' | 'closed' | 'sealed';
  readonly path: string;
}

/** The segments of a copy, ascending. While a segment is being sealed it may lie there twice; then the sealed one counts. */
export async function listSegments(paths: LogPaths): Promise<readonly StoredSegment[]> {
  // The open segment first: if it is closed meanwhile, the directory, read later, has it as closed.
  const header = await readOpenHeader(paths);
  const found = new Map<number, StoredSegment>();
  if (header !== undefined) {
    found.set(header.segment, { number: header.segment, kind: 'open', path: paths.open });
  }
  for (const name of await readNames(paths.directory)) {
    const match = /^(\d{8})\.ndjson(\.zst)?$/.exec(name);
    if (match === null) continue;
    const number = Number(match[1]);
    if (match[2] !== undefined) {
      found.set(number, { number, kind: 'sealed', path: sealedSegmentPath(paths, number) });
    } else if (found.get(number)?.kind !== 'sealed') {
      found.set(number, { number, kind: 'closed', path: plainSegmentPath(paths, number) });
    }
  }
  return [...found.values()].sort((a, b) => a.number - b.number);
}

/** The first line of the open segment; undefined when there is none, or not yet a whole line of it. */
export async function readOpenHeader(paths: LogPaths): Promise<SegmentHeader | undefined> {
  return parseSegmentHeader(await readHead(paths.open, MAX_HEADER_BYTES));
}

/** The first bytes of a file, up to `maxBytes`; empty when there is no file. */
export async function readHead(path: string, maxBytes: number): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

async function readNames(directory: string): Promise<readonly string[]> {
  return await readdir(directory).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
}
