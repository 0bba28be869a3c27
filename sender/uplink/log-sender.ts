import type { Socket } from 'node:net';
import { type CursorStep, LogCursor } from '../../shared/log/log-cursor.ts';
import type { LogWriter } from '../../shared/log/log-writer.ts';
import { comparePositions, type Position } from '../../shared/log/position.ts';
import { encodeFrame, encodeHeader } from '../../shared/protocol/encoder.ts';
import { FRAME_TYPES, WINDOW_BYTES } from '../../shared/protocol/protocol.ts';
import { Window } from './window.ts';

/** Most bytes of the log in one DATA frame. */
const DATA_BYTES = 128 * 1024;

/** Up to this a payload is copied behind its header: cheaper than two buffers, each of which TLS would handle by itself. */
const COPIED_BYTES = 16 * 1024;

/** Sends the log over a connection, from an agreed position on, within the window and as fast as the socket takes it. */
export class LogSender implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #writer: LogWriter;
  readonly #window = new Window();
  #cursor: LogCursor | undefined;
  #isHeldUp = false;

  constructor(socket: Socket, writer: LogWriter) {
    this.#socket = socket;
    this.#writer = writer;
  }

  /** Whether it is agreed where to go on. */
  get isBegun(): boolean {
    return this.#cursor !== undefined;
  }

  /** Whether there was no room for what comes next when it was last tried: an acknowledgement may make some. */
  get isHeldUp(): boolean {
    return this.#isHeldUp;
  }

  /** Goes on at a position from now on. To be disposed of first when it has begun elsewhere. */
  begin(from: Position): void {
    this.#window.reset();
    this.#cursor = new LogCursor(this.#writer, from, DATA_BYTES);
  }

  /** Whether everything before a position has been sent, or was there already. */
  isSent(position: Position): boolean {
    return this.#cursor !== undefined && comparePositions(position, this.#cursor.position) <= 0;
  }

  /** Everything before a position has been acknowledged. */
  acknowledge(position: Position): void {
    this.#window.acknowledge(position);
  }

  /** Sends what comes next; `false` when nothing can be sent at present. Not for overlapping calls. */
  async sendNext(): Promise<boolean> {
    const cursor = this.#cursor;
    const isRoom = this.#window.inFlightBytes < WINDOW_BYTES && !this.#socket.writableNeedDrain;
    this.#isHeldUp = !isRoom;
    if (cursor === undefined || !isRoom) return false;
    const step = await cursor.next();
    // Meanwhile another position may have been agreed upon; what was read is of no use then.
    if (cursor === this.#cursor) this.#send(step);
    return step.kind !== 'end';
  }

  /** Stops sending, for now or for good; {@link begin} may follow. */
  async [Symbol.asyncDispose](): Promise<void> {
    const cursor = this.#cursor;
    // Taken away before it is closed: nobody may read on with it meanwhile.
    this.#cursor = undefined;
    await cursor?.[Symbol.asyncDispose]();
  }

  #send(step: CursorStep): void {
    switch (step.kind) {
      case 'bytes':
        this.#sendData(step, step.bytes);
        return;
      case 'sealed': {
        const { number, bytes, sha256 } = step.record;
        this.#write(encodeFrame(FRAME_TYPES.SEAL, number, bytes, Buffer.from(sha256, 'hex')));
        return;
      }
      case 'end':
        return;
      default:
        step satisfies never;
    }
  }

  #sendData({ segment, offset }: Position, bytes: Buffer): void {
    if (bytes.length <= COPIED_BYTES) {
      this.#write(encodeFrame(FRAME_TYPES.DATA, segment, offset, bytes));
    } else {
      this.#socket.cork();
      this.#write(encodeHeader(FRAME_TYPES.DATA, segment, offset, bytes));
      this.#write(bytes);
      this.#socket.uncork();
    }
    this.#window.send({ segment, offset: offset + bytes.length }, bytes.length);
  }

  #write(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }
}
