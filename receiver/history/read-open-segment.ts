import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { errnoOf } from '../../shared/errors/errors.ts';
import { MAX_HEADER_BYTES, parseSegmentHeader } from '../../shared/log/segment-header.ts';

/** Bytes read at a time: some milliseconds of work, so that questions are not kept waiting. */
const CHUNK_BYTES = 256 * 1024;

/** A file that is known to be a certain segment. */
export interface OpenFile {
  readonly inode: number;
  readonly bornMs: number;
  readonly segment: number;
}

/** What is wanted. */
export interface ExpectedSegment {
  readonly log: string;
  readonly segment: number;
  /** Where to begin, bytes. */
  readonly from: number;
}

/** What was found. */
export type OpenRead =
  /** The next bytes, valid until the next read, and how many more there are. */
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly left: number; readonly file: OpenFile }
  /** The segment is not the open one. */
  | { readonly kind: 'elsewhere' }
  /** The open segment is another log's. */
  | { readonly kind: 'replaced' };

const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
const NOTHING = Buffer.alloc(0);

/**
 * Reads on in the open segment of a log. Synchronous, because it is what the history worker does all day, for each node every other
 * second, and opening, reading and closing takes some ten microseconds when it need not wait for threads.
 *
 * @param known the file as it was found last, so that its first line need not be read again
 * @throws the system's error when the disk cannot be read
 */
export function readOpenSegment(path: string, expected: ExpectedSegment, known?: OpenFile): OpenRead {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { kind: 'elsewhere' };
    throw error;
  }
  try {
    const { ino: inode, birthtimeMs: bornMs, size } = fstatSync(fd);
    let file = known;
    if (file?.inode !== inode || file.bornMs !== bornMs || file.segment !== expected.segment) {
      const head = Buffer.alloc(MAX_HEADER_BYTES);
      const header = parseSegmentHeader(head.subarray(0, readSync(fd, head, 0, head.length, 0)));
      if (header !== undefined && header.log !== expected.log) return { kind: 'replaced' };
      if (header?.segment !== expected.segment) return { kind: 'elsewhere' };
      file = { inode, bornMs, segment: expected.segment };
    }
    const wanted = Math.min(CHUNK_BYTES, size - expected.from);
    const count = wanted > 0 ? readSync(fd, buffer, 0, wanted, expected.from) : 0;
    const bytes = count > 0 ? buffer.subarray(0, count) : NOTHING;
    return { kind: 'bytes', bytes, left: Math.max(0, size - expected.from - count), file };
  } finally {
    closeSync(fd);
  }
}
