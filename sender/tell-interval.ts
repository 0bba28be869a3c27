import type { LogWriter } from '../shared/log/log-writer.ts';
import type { Logger } from '../shared/logging/logger.ts';
import { encodeEvent } from './sampler/event-line.ts';

/** Says in the program's log and in the node's own that the receiver has set another interval, seconds. */
export function tellInterval(
  sleeptime: number,
  { writer, atMs, log }: { readonly writer: LogWriter; readonly atMs: number; readonly log: Logger },
): void {
  log.info({ sleeptime }, 'the receiver set the interval');
  try {
    writer.append(encodeEvent(atMs, { kind: 'interval', sleeptime }), atMs);
  } catch (error) {
    // The recorder says that the disk is full; the interval holds all the same.
    log.warn({ err: error, sleeptime }, 'the log could not take the line about the interval');
  }
}
