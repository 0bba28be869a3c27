import type { LogWriter } from '../shared/log/log-writer.ts';
import type { Logger } from '../shared/logging/logger.ts';
import { encodeEvent } from './sampler/event-line.ts';
import type { SegmentLoss } from './uplink/give-up.ts';

/** Tells of a segment that was given up, in the program's log and in the node's own. The receiver is told by HELLO. */
export function tellLoss(
  { lost, bytes, err }: SegmentLoss,
  { writer, atMs, log }: { readonly writer: LogWriter; readonly atMs: number; readonly log: Logger },
): void {
  const { from: segment, reason, record, aside } = lost;
  log.error({ segment, bytes, reason, aside }, 'a segment is damaged and was given up');
  if (err !== undefined) log.error({ err, segment }, 'the file of a damaged segment could not be set aside');
  const { fromMs = atMs, toMs = atMs } = record ?? {};
  try {
    writer.append(encodeEvent(atMs, { kind: 'lost_segment', segment, bytes, fromMs, toMs, reason }), atMs);
  } catch (error) {
    // A full disk is told of by the recorder; the receiver hears of the segment all the same.
    log.warn({ err: error, segment }, 'the log could not take the line about a segment that is lost');
  }
}
