import { crc32 } from 'node:zlib';
import { crcOfPrefix } from '../../shared/log/import-sealed.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import type { LogWriter } from '../../shared/log/log-writer.ts';
import { comparePositions, type Position } from '../../shared/log/position.ts';
import { readProven } from '../../shared/log/read-proven.ts';
import type { SegmentRecord } from '../../shared/log/segment-records.ts';

/** What WELCOME says about the receiver's copy. */
export interface ReceiverEnd extends Position {
  /** CRC-32 of the bytes before `offset` in that segment. */
  readonly crc: number;
  /** Where the receiver has more of the segment than HELLO said: CRC-32 of as many bytes as that. */
  readonly common?: { readonly bytes: number; readonly crc: number } | undefined;
}

/** How to go on, after WELCOME; `docs/protocol.md`, section 3. */
export type Resume =
  /** Send from there. */
  | { readonly kind: 'send'; readonly from: Position }
  /** Both have the same beginning only in name. */
  | { readonly kind: 'differs'; readonly segment: number }
  /** They differ, and the receiver's copy is the better one: it is longer, or nothing here proves that ours is what was written. */
  | { readonly kind: 'give_way'; readonly segment: number }
  /** The receiver holds more of an interrupted segment: ask for it from `offset`, then decide again. */
  | { readonly kind: 'heal'; readonly segment: number; readonly offset: number }
  /** The receiver holds more of the segment that is being written: leave that as interrupted and connect again. */
  | { readonly kind: 'interrupt' }
  /** The receiver waits for what is lost here; it has to go on at the beginning of segment `next`. */
  | { readonly kind: 'lost'; readonly segment: number; readonly next: number }
  /** The receiver knows segments that this log has not come to: this data directory is an old copy of itself. */
  | { readonly kind: 'new_log' };

/**
 * Decides how to go on. Ends interrupted segments of which the receiver has no more, as nobody else has.
 *
 * @throws SegmentUnreadableError when the segment that the receiver is in cannot be read here
 */
export async function decideResume(
  writer: LogWriter,
  at: ReceiverEnd,
  healed: ReadonlySet<number>,
): Promise<Resume> {
  const { end } = writer;
  if (at.segment > end.segment) return { kind: 'new_log' };
  if (await isOtherwiseAhead(writer, at)) return { kind: 'give_way', segment: at.segment };
  if (at.segment === end.segment && at.offset > end.offset) return { kind: 'interrupt' };
  const lost = writer.lost.find(({ from }) => from === at.segment);
  // Who has all of a segment is told how it ends, also when nothing more is left of it here; its SHA-256 then compares it.
  const isWhole = (writer.sealed.get(at.segment) ?? lost?.record)?.bytes === at.offset;
  if (lost !== undefined && !isWhole)
    return { kind: 'lost', segment: at.segment, next: nextKept(writer, at.segment) };
  // Retention may have worked since HELLO; the next one says so.
  if (at.segment < writer.oldest && lost === undefined)
    throw new Error(`segment ${at.segment} has been dropped here meanwhile`);
  for (const { segment, bytes } of await writer.unsealed()) {
    if (!writer.interrupted.includes(segment)) continue;
    const isAhead = comparePositions(at, { segment, offset: bytes }) > 0;
    if (isAhead && !healed.has(segment)) return { kind: 'heal', segment, offset: bytes };
    await writer.endInterrupted(segment);
  }
  if (at.offset > 0 && !isWhole && (await ownCrc(writer, at)) !== at.crc)
    return { kind: (await mayInsist(writer, at)) ? 'differs' : 'give_way', segment: at.segment };
  return { kind: 'send', from: { segment: at.segment, offset: at.offset } };
}

/** Whether the receiver has more of a segment that is not sealed here, and other bytes where both have some. */
async function isOtherwiseAhead(
  writer: LogWriter,
  { segment, offset, common }: ReceiverEnd,
): Promise<boolean> {
  if (common === undefined) return false;
  const own = (await writer.unsealed()).find((unsealed) => unsealed.segment === segment);
  return own !== undefined && own.bytes === common.bytes && own.bytes < offset && own.crc !== common.crc;
}

/** Whether the receiver may set its copy aside: never for less than it has, nor for what nothing proves to have been written. */
async function mayInsist(writer: LogWriter, { segment, offset }: Position): Promise<boolean> {
  const sealed = writer.sealed.get(segment);
  return sealed === undefined ? await writer.isProven(segment, offset) : sealed.bytes >= offset;
}

/** The first segment behind a lost one that is not lost. */
function nextKept(writer: LogWriter, segment: number): number {
  const lost = new Set(writer.lost.map(({ from }) => from));
  let next = segment;
  while (lost.has(next)) next += 1;
  return next;
}

/** CRC-32 of this log's own bytes before a position, within its segment; undefined when there are fewer. */
async function ownCrc(writer: LogWriter, { segment, offset }: Position): Promise<number | undefined> {
  if (segment === writer.end.segment) return await writer.openSegment.crcAt(offset);
  const record = writer.sealed.get(segment);
  return record === undefined
    ? await crcOfPrefix(writer.paths, segment, offset)
    : await crcOfProven(writer.paths, record, offset);
}

/** As `crcOfPrefix`, of nothing but what is proven: what is wrong here must not have the receiver set its own copy aside. */
async function crcOfProven(
  paths: LogPaths,
  record: SegmentRecord,
  bytes: number,
): Promise<number | undefined> {
  let crc = 0;
  let left = bytes;
  for await (const chunk of readProven(paths, record)) {
    const part = chunk.subarray(0, left);
    crc = crc32(part, crc);
    left -= part.length;
    if (left === 0) return crc;
  }
  return undefined;
}
