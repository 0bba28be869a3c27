import type { Socket } from 'node:net';
import { type CursorStep, LogCursor } from '../../shared/log/log-cursor.ts';
import type { LogWriter } from '../../shared/log/log-writer.ts';
import { comparePositions, type Position } from '../../shared/log/position.ts';
import { encodeFrame, encodeHeader } from '../../shared/protocol/encoder.ts';
import { FRAME_TYPES, WINDOW_BYTES } from '../../shared/protocol/protocol.ts';
import { type PatiencePorts, readPatiently, type Unreadable } from './read-patiently.ts';
import { Window } from './window.ts';

/** Most bytes of the log in one DATA frame. */
const DATA_BYTES = 128 * 1024;

/** Up to this a payload is copied behind its header: cheaper than two buffers, each of which TLS would handle by itself. */
const COPIED_BYTES = 16 * 1024;

/** What the log cannot be sent beyond. */
export type Obstacle =
  | Unreadable
  /** It has been given up earlier. */
  | { readonly kind: 'lost'; readonly segment: number };

/** Sends the log over a connection, from an agreed position on, within the window and as fast as the socket takes it. */
export class LogSender implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #writer: LogWriter;
  readonly #window = new Window();
  readonly #patience: PatiencePorts;
  readonly #signal: AbortSignal;
  #cursor: LogCursor | undefined;
  #frameBytes = DATA_BYTES;
  /** Ends such a wait when it is not to begin again from there. */
  #stop = new AbortController();
  /** Both of them: one for many readings, since to combine signals anew for each costs as much as half a sample. */
  #ended: AbortSignal;
  #isHeldUp = false;
  #obstacle: Obstacle | undefined;

  /** @param signal ends the waits for a segment that cannot be read */
  constructor(socket: Socket, writer: LogWriter, patience: PatiencePorts, signal: AbortSignal) {
    this.#socket = socket;
    this.#writer = writer;
    this.#patience = patience;
    this.#signal = signal;
    this.#ended = signal;
  }

  /** Whether it is agreed where to go on. */
  get isBegun(): boolean {
    return this.#cursor !== undefined;
  }

  /** Whether what comes next could not be sent when it was last tried, and an acknowledgement may change that. */
  get isHeldUp(): boolean {
    return this.#isHeldUp || this.#obstacle !== undefined;
  }

  /** Sends no longer frames than the receiver takes, from the next {@link begin} on. @param bytes of payload, if it says so */
  limitFrames(bytes = DATA_BYTES): void {
    this.#frameBytes = Math.min(DATA_BYTES, bytes);
  }

  /** Goes on at a position from now on. To be disposed of first when it has begun elsewhere. */
  begin(from: Position): void {
    this.#window.reset();
    this.#stop = new AbortController();
    this.#ended = AbortSignal.any([this.#stop.signal, this.#signal]);
    this.#obstacle = undefined;
    this.#cursor = new LogCursor(this.#writer, from, this.#frameBytes);
  }

  /** Whether everything before a position has been sent, or was there already. */
  isSent(position: Position): boolean {
    return this.#cursor !== undefined && comparePositions(position, this.#cursor.position) <= 0;
  }

  /** What stands in the way of what comes next, once everything before it has been acknowledged. */
  obstacleAt(acknowledged: Position | undefined): Obstacle | undefined {
    if (this.#cursor === undefined || acknowledged === undefined) return undefined;
    return comparePositions(acknowledged, this.#cursor.position) < 0 ? undefined : this.#obstacle;
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
    if (cursor === undefined || !isRoom || this.#obstacle !== undefined) return false;
    const step = cursor.nextFresh() ?? (await this.#read(cursor));
    // Meanwhile another position may have been agreed upon; what was read is of no use then.
    if (cursor !== this.#cursor || step === undefined) return true;
    if (step.kind === 'unreadable' || step.kind === 'lost') this.#obstacle = step;
    else this.#send(step);
    return step.kind !== 'end' && this.#obstacle === undefined;
  }

  /** Undefined when it was stopped while it waited to read again. */
  async #read(cursor: LogCursor): Promise<CursorStep | Unreadable | undefined> {
    const signal = this.#ended;
    try {
      return await readPatiently(() => cursor.next(), this.#patience, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  /** Stops sending, for now or for good; {@link begin} may follow. */
  async [Symbol.asyncDispose](): Promise<void> {
    const cursor = this.#cursor;
    // Taken away before it is closed: nobody may read on with it meanwhile.
    this.#cursor = undefined;
    this.#stop.abort();
    await cursor?.[Symbol.asyncDispose]();
  }

  #send(step: Exclude<CursorStep, { kind: 'lost' }>): void {
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
