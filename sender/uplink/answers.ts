import type { Socket } from 'node:net';
import type { LogWriter } from '../../shared/log/log-writer.ts';
import type { Control } from '../../shared/protocol/messages.ts';
import { answerDigest } from './digest.ts';
import { DigestQueue } from './digest-queue.ts';
import { SegmentSender } from './segment-sender.ts';

/** What {@link Answers} works with. */
export interface AnswersPorts {
  readonly writer: LogWriter;
  readonly send: (frame: Buffer) => void;
  readonly reply: (message: Control) => void;
  /** There is a piece of a segment to be sent. */
  readonly onReady: () => void;
  readonly signal: AbortSignal;
}

/** What a receiver may ask of the log beside taking it: what is held here, and a segment that it lost. */
export class Answers implements AsyncDisposable {
  readonly digests: DigestQueue;
  readonly segments: SegmentSender;
  #isStopped = false;

  constructor(ports: AnswersPorts) {
    const { writer, reply, signal } = ports;
    this.digests = new DigestQueue((question) => answerDigest(writer, question, signal), reply);
    this.segments = new SegmentSender(ports);
  }

  /** Sends a piece of a segment, where one is asked for and the socket has room; `false` when not. Not for overlapping calls. */
  async sendNext(socket: Socket): Promise<boolean> {
    return !this.#isStopped && !socket.writableNeedDrain && (await this.segments.sendNext());
  }

  /** Sends no more of a segment: what is left of the connection's time is the log's. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Resolves when every question has been answered or given up. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.digests.idle(), this.segments[Symbol.asyncDispose]()]);
  }
}
