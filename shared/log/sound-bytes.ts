import { fstatSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { LineSplitter } from './line-splitter.ts';
import { timeOf } from './seal-segment.ts';
import { MAX_HEADER_BYTES, parseSegmentHeader } from './segment-header.ts';

/** The CRC-32 of all bytes before an offset. */
export interface Mark {
  readonly offset: number;
  readonly crc: number;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * How much of a file is what was written to a segment, bytes from its beginning. As far as the marks reach it is proven; behind the last mark
 * that the file reaches, whole lines count for as long as each begins as a line of a log does. What cannot be read does not count.
 *
 * Synchronous: nothing may be appended meanwhile.
 *
 * @param marks ascending, the first at offset 0, the last at the end of what was written
 */
export function soundBytes(fd: number, segment: number, marks: readonly Mark[]): number {
  const end = marks.at(-1)?.offset ?? 0;
  let proven = 0;
  try {
    const size = Math.min(fstatSync(fd).size, end);
    let crc = 0;
    for (const mark of marks) {
      if (mark.offset > size) break;
      crc = crcSync(fd, proven, mark.offset, crc);
      if (crc !== mark.crc) return proven;
      proven = mark.offset;
    }
    return proven === end ? end : proven + linesBytes(fd, segment, proven, size);
  } catch {
    return proven;
  }
}

function crcSync(fd: number, from: number, to: number, before: number): number {
  let crc = before;
  for (const chunk of chunksOf(fd, from, to)) crc = crc32(chunk, crc);
  return crc;
}

/** How many bytes of [from, to) are whole lines that look like lines of this segment. */
function linesBytes(fd: number, segment: number, from: number, to: number): number {
  if (from === 0 && !isHeaded(fd, segment)) return 0;
  const splitter = new LineSplitter(from);
  let sound = from;
  let isLog = true;
  for (const chunk of chunksOf(fd, from, to)) {
    splitter.push(chunk, (line, _, end) => {
      isLog &&= timeOf(line.subarray(0, 64).toString('latin1')) !== undefined;
      if (isLog) sound = end;
    });
    if (!isLog) break;
  }
  return sound - from;
}

function isHeaded(fd: number, segment: number): boolean {
  const head = Buffer.alloc(MAX_HEADER_BYTES);
  return parseSegmentHeader(head.subarray(0, readSync(fd, head, 0, head.length, 0)))?.segment === segment;
}

function* chunksOf(fd: number, from: number, to: number): Generator<Buffer, void, void> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = from; at < to; ) {
    const count = readSync(fd, buffer, 0, Math.min(CHUNK_BYTES, to - at), at);
    if (count === 0) throw new Error(`the file ends at ${at}, before ${to}`);
    yield buffer.subarray(0, count);
    at += count;
  }
}

/** Copies the first `bytes` of an open file behind what another one holds. @throws the system's error */
export function copyBytes(from: number, to: number, bytes: number): void {
  for (const chunk of chunksOf(from, 0, bytes)) {
    for (let written = 0; written < chunk.length; ) written += writeSync(to, chunk, written);
  }
}
