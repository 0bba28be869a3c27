import { describeError } from '../../shared/errors/errors.ts';
import { digestOf } from '../../shared/log/digest.ts';
import { listSegments } from '../../shared/log/list-segments.ts';
import type { LogWriter } from '../../shared/log/log-writer.ts';
import type { Position } from '../../shared/log/position.ts';
import { readSegment } from '../../shared/log/read-log.ts';
import { readSegmentRecords } from '../../shared/log/segment-records.ts';
import type { DigestResult } from '../../shared/protocol/messages.ts';

/** What a receiver wants to know: what is held up to a position, `from` a segment on where it takes the answer in pages. */
export interface DigestQuestion {
  readonly upTo: Position;
  readonly from?: number | undefined;
}

/** What is held, or why that cannot be said. */
export type DigestAnswer = Omit<DigestResult, 'kind' | 'id'>;

/** The newest segments are answered for where the answer is in one piece; a message holds no more. */
const MAX_SEGMENTS = 500;

/** A page has at most so many segments, and ends after so many bytes have been read for it, which bounds how long it takes. */
const PAGE = { segments: 400, bytes: 256 * 1024 * 1024, unreadable: 50 } as const;

/**
 * Says what this node's own copy holds up to a position: length and SHA-256 of each segment, read from the disk, the last one up to
 * the position's offset. Takes as long as reading the log takes.
 */
export async function answerDigest(
  writer: LogWriter,
  { upTo, from }: DigestQuestion,
  signal: AbortSignal,
): Promise<DigestAnswer> {
  try {
    if (from !== undefined) return await readPage(writer, { upTo, from }, signal);
    const listed = (await listSegments(writer.paths)).filter(({ number }) => number <= upTo.segment);
    const segments: { number: number; bytes: number; sha256: string }[] = [];
    for (const { number } of listed.slice(-MAX_SEGMENTS))
      segments.push(await digest(writer, number, upTo, signal));
    return { segments };
  } catch (error) {
    return { error: describeError(error).slice(0, 500) };
  }
}

/** A segment that cannot be read does not keep the others from being reported. */
async function readPage(
  writer: LogWriter,
  { upTo, from }: DigestQuestion & { readonly from: number },
  signal: AbortSignal,
): Promise<DigestAnswer> {
  const segments: { number: number; bytes: number; sha256: string }[] = [];
  const unreadable: { number: number; error: string }[] = [];
  const known = await numbersOf(writer);
  let readBytes = 0;
  let next: number | undefined;
  for (const number of known.there.filter((one) => one >= from && one <= upTo.segment)) {
    const isFull = segments.length === PAGE.segments || unreadable.length === PAGE.unreadable;
    if (isFull || readBytes >= PAGE.bytes) {
      next = number;
      break;
    }
    try {
      const found = await digest(writer, number, upTo, signal);
      readBytes += found.bytes;
      segments.push(found);
    } catch (error) {
      signal.throwIfAborted();
      unreadable.push({ number, error: describeError(error).slice(0, 200) });
    }
  }
  const lost = known.lost.filter((one) => one >= from && one < (next ?? upTo.segment + 1)).slice(0, 500);
  return { segments, unreadable, lost, dropped: known.dropped, ...(next === undefined ? {} : { next }) };
}

/** The segments that are here or should be, what was lost and reported, and up to where retention dropped what there was. */
async function numbersOf(writer: LogWriter) {
  const { sealed, lost, droppedTo: dropped } = await readSegmentRecords(writer.paths);
  const stored = (await listSegments(writer.paths)).map(({ number }) => number);
  const there = [...new Set([...stored, ...sealed.keys()])].sort((a, b) => a - b);
  return { there, lost: lost.map(({ from }) => from), dropped };
}

async function digest(
  writer: LogWriter,
  number: number,
  upTo: Position,
  signal: AbortSignal,
): Promise<{ number: number; bytes: number; sha256: string }> {
  const stored = (await listSegments(writer.paths)).some((one) => one.number === number);
  if (!stored) throw new Error('it is recorded, but its file is not there');
  const limit = number === upTo.segment ? upTo.offset : Number.POSITIVE_INFINITY;
  return { number, ...(await digestOf(upToLimit(writer, number, limit, signal))) };
}

async function* upToLimit(
  writer: LogWriter,
  segment: number,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const { offset, bytes } of readSegment(writer.paths, segment, 0, signal)) {
    yield bytes.subarray(0, Math.max(0, limit - offset));
    if (offset + bytes.length >= limit) return;
  }
}
