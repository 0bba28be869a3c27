import { describeFault, type FileNews } from '../shared/log/file-change.ts';
import type { LogWriter } from '../shared/log/log-writer.ts';
import type { Logger } from '../shared/logging/logger.ts';
import type { Control } from '../shared/protocol/messages.ts';
import { encodeEvent, type LogEvent } from './sampler/event-line.ts';

/** What {@link tellFileNews} works with. */
export interface FileNewsPorts {
  readonly writer: LogWriter;
  readonly atMs: number;
  readonly log: Logger;
  /** Tells the receiver, as soon as there is one. */
  readonly tellReceiver: (message: Control) => void;
}

/** Tells that somebody changed a file of this node's log: in the program's log, in the node's own, and to the receiver. */
export function tellFileNews(news: FileNews, { writer, atMs, log, tellReceiver }: FileNewsPorts): void {
  const { event, message } = news.kind === 'changed' ? describeChange(news) : describeLoss(news, atMs);
  log.error({ ...event }, 'the file of a segment was changed by something else');
  tellReceiver(message);
  try {
    writer.append(encodeEvent(atMs, event), atMs);
  } catch (error) {
    // The recorder reports a full disk.
    log.warn({ err: error }, 'the log could not take the line about a file that was changed');
  }
}

interface Told {
  readonly event: LogEvent;
  readonly message: Control;
}

function describeChange(news: Extract<FileNews, { kind: 'changed' }>): Told {
  const { segment, fault, writtenBytes, keptBytes, aside } = news;
  const reason = describeFault(fault);
  return {
    event: { kind: 'file_changed', segment, writtenBytes, keptBytes, aside, reason },
    message: { kind: 'file_changed', segment, written: writtenBytes, kept: keptBytes, aside, reason },
  };
}

function describeLoss({ segment, bytes, sinceMs }: Extract<FileNews, { kind: 'lost' }>, atMs: number): Told {
  const reason = 'the file of the segment was changed, and the receiver did not have these bytes either';
  return {
    event: { kind: 'lost_segment', segment, bytes, fromMs: sinceMs, toMs: atMs, reason },
    message: { kind: 'lost_end', segment, bytes, since: new Date(sinceMs).toISOString(), reason },
  };
}
