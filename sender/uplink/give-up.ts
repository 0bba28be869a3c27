import type { LogWriter } from '../../shared/log/log-writer.ts';
import type { SegmentUnreadableError } from '../../shared/log/read-proven.ts';
import type { LostSegments } from '../../shared/log/segment-records.ts';

/** A segment that was given up. */
export interface SegmentLoss {
  readonly lost: LostSegments;
  /** What the receiver did not get of it, bytes. */
  readonly bytes: number;
  /** Why its file could not be set aside, or that not be recorded; the disk may be past writing, too. */
  readonly err?: unknown;
}

/**
 * Gives up a segment that cannot be read, for certain. Called when the receiver has everything before the damage, so that setting the file aside
 * costs it nothing.
 *
 * @param keptBytes how much of it the receiver has
 */
export async function giveUp(
  writer: LogWriter,
  { record, fault, message }: SegmentUnreadableError,
  keptBytes: number,
  nowMs: number,
): Promise<SegmentLoss> {
  const loss = { number: record.number, fault, reason: message.slice(0, 200), atMs: nowMs };
  const bytes = record.bytes - keptBytes;
  try {
    return { lost: await writer.lose(loss), bytes };
  } catch (err) {
    const lost = writer.lost.find(({ from }) => from === record.number);
    if (lost === undefined) throw err;
    return { lost, bytes, err };
  }
}
