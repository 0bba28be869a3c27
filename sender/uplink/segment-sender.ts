import { type FileHandle, open } from 'node:fs/promises';
import { describeError } from '../../shared/errors/errors.ts';
import { sealedSegmentPath } from '../../shared/log/log.ts';
import type { LogWriter } from '../../shared/log/log-writer.ts';
import { digestSealed } from '../../shared/log/seal-segment.ts';
import type { SegmentRecord } from '../../shared/log/segment-records.ts';
import { encodeFrame } from '../../shared/protocol/encoder.ts';
import type { FetchResult } from '../../shared/protocol/messages.ts';
import { FRAME_TYPES } from '../../shared/protocol/protocol.ts';

/** What a receiver asks for: the file of a sealed segment, from an offset in it on. */
export interface FetchRequest {
  readonly id: number;
  readonly segment: number;
  readonly offset: number;
}

/** What a {@link SegmentSender} works with. */
export interface SegmentSenderPorts {
  readonly writer: LogWriter;
  readonly send: (frame: Buffer) => void;
  readonly reply: (result: FetchResult) => void;
  /** There is something to be sent. */
  readonly onReady: () => void;
  readonly signal: AbortSignal;
}

/** A file that is being sent. */
interface Sending {
  readonly request: FetchRequest;
  readonly file: FileHandle;
  readonly size: number;
  at: number;
}

/** Bytes of a file in one SEGMENT frame: any receiver's limit allows them, and a line of the log need not wait long behind them. */
const PIECE_BYTES = 32 * 1024;

/**
 * Sends sealed segments to a receiver that lost them: compressed as they lie, after they were decoded and found to be what was sealed. One
 * at a time, and piece by piece, whenever the log itself has nothing to send.
 */
export class SegmentSender implements AsyncDisposable {
  readonly #ports: SegmentSenderPorts;
  #sending: Sending | undefined;
  #preparing: Promise<void> | undefined;

  constructor(ports: SegmentSenderPorts) {
    this.#ports = ports;
  }

  /** Takes a request; while another one is being answered it is refused. */
  ask(request: FetchRequest): void {
    if (this.#preparing !== undefined || this.#sending !== undefined) {
      this.#refuse(request, 'another segment is being sent');
      return;
    }
    this.#preparing = this.#prepare(request)
      .catch((error: unknown) => this.#refuse(request, describeError(error)))
      .finally(() => {
        this.#preparing = undefined;
      });
  }

  /** Sends the next piece; `false` when there is none. Not for overlapping calls. */
  async sendNext(): Promise<boolean> {
    const sending = this.#sending;
    if (sending === undefined) return false;
    const { request, file, size, at } = sending;
    try {
      const length = Math.min(PIECE_BYTES, size - at);
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at);
      if (bytesRead === 0) throw new Error(`the file of segment ${request.segment} ends early`);
      this.#ports.send(encodeFrame(FRAME_TYPES.SEGMENT, request.segment, at, buffer.subarray(0, bytesRead)));
      sending.at += bytesRead;
    } catch (error) {
      this.#refuse(request, describeError(error));
      sending.at = size;
    }
    if (sending.at === size) await this.#close();
    return true;
  }

  /** Gives up what is being sent. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#preparing;
    await this.#close();
  }

  async #prepare(request: FetchRequest): Promise<void> {
    const { writer, reply, onReady, signal } = this.#ports;
    const { id, segment, offset } = request;
    const record = this.#find(segment);
    await this.#prove(record);
    const file = await open(sealedSegmentPath(writer.paths, segment), 'r');
    const { size } = await file.stat();
    if (signal.aborted || offset >= size) {
      await file.close();
      throw new Error(`the file of segment ${segment} has ${size} bytes, none at offset ${offset}`);
    }
    const { bytes, sha256, fromMs, toMs } = record;
    const times = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
    reply({ kind: 'fetch_result', id, segment, size, bytes, sha256, ...times });
    this.#sending = { request, file, size, at: offset };
    onReady();
  }

  /** @throws Error that says why this node cannot give it */
  #find(segment: number): SegmentRecord {
    const { writer } = this.#ports;
    const record = writer.sealed.get(segment);
    if (record !== undefined) return record;
    const lost = writer.lost.find(({ from }) => from === segment);
    if (lost !== undefined) throw new Error(`segment ${segment} is lost here: ${lost.reason}`);
    if (segment < writer.oldest) throw new Error(`segment ${segment} was dropped here, as it was old`);
    throw new Error(`segment ${segment} is not sealed here`);
  }

  async #prove({ number, bytes, sha256 }: SegmentRecord): Promise<void> {
    const { writer, signal } = this.#ports;
    const found = await digestSealed(sealedSegmentPath(writer.paths, number), signal);
    if (found.bytes === bytes && found.sha256 === sha256) return;
    throw new Error(`segment ${number} is damaged here, too: it is not what was sealed`);
  }

  #refuse({ id, segment }: FetchRequest, error: string): void {
    this.#ports.reply({ kind: 'fetch_result', id, segment, error: error.slice(0, 500) });
  }

  async #close(): Promise<void> {
    const sending = this.#sending;
    this.#sending = undefined;
    await sending?.file.close();
  }
}
