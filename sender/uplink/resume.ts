import { crcOfPrefix } from '../../shared/log/import-sealed.ts';
import type { LogWriter } from '../../shared/log/log-writer.ts';
import { comparePositions, type Position } from '../../shared/log/position.ts';

/** What WELCOME says about the receiver's copy. */
export interface ReceiverEnd extends Position {
  /** CRC-32 of the bytes before `offset` in that segment. */
  readonly crc: number;
}

/** How to go on, after WELCOME; `docs/protocol.md`, section 3. */
export type Resume =
  /** Send from there. */
  | { readonly kind: 'send'; readonly from: Position }
  /** Both have the same beginning only in name. */
  | { readonly kind: 'differs'; readonly segment: number }
  /** The receiver holds more of an interrupted segment: ask for it from `offset`, then decide again. */
  | { readonly kind: 'heal'; readonly segment: number; readonly offset: number }
  /** The receiver holds more of the segment that is being written: leave that as interrupted and connect again. */
  | { readonly kind: 'interrupt' }
  /** The receiver knows segments that this log has not come to: this data directory is an old copy of itself. */
  | { readonly kind: 'new_log' };

/** Decides how to go on. Ends interrupted segments of which the receiver has no more, as nobody else has. */
export async function decideResume(
  writer: LogWriter,
  at: ReceiverEnd,
  healed: ReadonlySet<number>,
): Promise<Resume> {
  const { end } = writer;
  if (at.segment > end.segment) return { kind: 'new_log' };
  if (at.segment === end.segment && at.offset > end.offset) return { kind: 'interrupt' };
  // Retention may have worked since HELLO; the next one says so.
  if (at.segment < writer.oldest) throw new Error(`segment ${at.segment} has been dropped here meanwhile`);
  for (const { segment, bytes } of await writer.unsealed()) {
    if (!writer.interrupted.includes(segment)) continue;
    const isAhead = comparePositions(at, { segment, offset: bytes }) > 0;
    if (isAhead && !healed.has(segment)) return { kind: 'heal', segment, offset: bytes };
    await writer.endInterrupted(segment);
  }
  if (at.offset > 0 && (await ownCrc(writer, at)) !== at.crc) return { kind: 'differs', segment: at.segment };
  return { kind: 'send', from: { segment: at.segment, offset: at.offset } };
}

/** CRC-32 of this log's own bytes before a position, within its segment; undefined when there are fewer. */
async function ownCrc(writer: LogWriter, { segment, offset }: Position): Promise<number | undefined> {
  if (segment === writer.end.segment) return await writer.openSegment.crcAt(offset);
  return await crcOfPrefix(writer.paths, segment, offset);
}
