import { DecodedFrame, type Frame } from './frame.ts';
import { FrameParts } from './frame-parts.ts';
import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from './protocol.ts';

export type { Frame } from './frame.ts';

/** How pushing a chunk went. */
export type DecodeResult =
  | { readonly kind: 'ok' }
  /** The stream cannot be read any further; why, in plain words. */
  | { readonly kind: 'broken'; readonly reason: string };

/** Takes the bytes of a connection and yields its frames. */
export interface FrameDecoder {
  /** Takes the next bytes; calls `onFrame` for every frame that they complete. */
  push(chunk: Buffer, onFrame: (frame: Frame) => void): DecodeResult;
  /** Allows payloads up to another length from the next frame on, bytes. */
  allow(maxPayloadBytes: number): void;
  /** Bytes that are kept of a frame that is not complete yet. */
  readonly pendingBytes: number;
}

/** Options of {@link createFrameDecoder}. */
export interface FrameDecoderOptions {
  /** A longer payload is refused before anything is kept of it, bytes. */
  readonly maxPayloadBytes?: number;
  /** Pushed chunks are overwritten afterwards: nothing of them may be kept without copying it. */
  readonly isLent?: boolean;
}

const OK: DecodeResult = { kind: 'ok' };

/** Makes a decoder. */
export function createFrameDecoder(options: FrameDecoderOptions = {}): FrameDecoder {
  return new Decoder(options);
}

/** An object of a class and not of closures, of which each of thousands of connections would have ten. */
class Decoder implements FrameDecoder {
  readonly #frame = new DecodedFrame();
  readonly #kept: FrameParts;
  /** Header of the frame that lies across chunks, as far as it has come. Made when it is needed. */
  #header: Buffer | undefined;
  #headerBytes = 0;
  #maxPayloadBytes: number;
  #broken: DecodeResult | undefined;

  constructor({ maxPayloadBytes = MAX_PAYLOAD_BYTES, isLent = false }: FrameDecoderOptions) {
    this.#maxPayloadBytes = maxPayloadBytes;
    this.#kept = new FrameParts(isLent);
  }

  get pendingBytes(): number {
    return this.#headerBytes + this.#kept.bytes;
  }

  allow(maxPayloadBytes: number): void {
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  push(chunk: Buffer, onFrame: (frame: Frame) => void): DecodeResult {
    if (this.#broken !== undefined) return this.#broken;
    const from = this.#headerBytes === 0 ? 0 : this.#complete(chunk, onFrame);
    const at = this.#decode(chunk, from, onFrame);
    if (this.#broken !== undefined) return this.#broken;
    if (at < chunk.length) this.#keep(chunk.subarray(at));
    return OK;
  }

  /** Goes on with the frame that lies across chunks; returns where in the chunk it ends. */
  #complete(chunk: Buffer, onFrame: (frame: Frame) => void): number {
    let at = 0;
    if (this.#header !== undefined && this.#headerBytes < HEADER_BYTES) {
      at = chunk.copy(this.#header, this.#headerBytes);
      this.#headerBytes += at;
      if (this.#headerBytes < HEADER_BYTES || !this.#readHeader(this.#header, 0)) return at;
    }
    const end = at + this.#frame.payloadBytes - this.#kept.bytes;
    const next = chunk.subarray(at, end);
    if (end > chunk.length) {
      if (next.length > 0) this.#kept.keep(next);
      return chunk.length;
    }
    this.#headerBytes = 0;
    const parts = this.#kept.take();
    if (next.length > 0) parts.push(next);
    this.#yieldFrame(parts, onFrame);
    return end;
  }

  /** Yields the frames that lie whole in the chunk; returns where the rest begins. */
  #decode(chunk: Buffer, from: number, onFrame: (frame: Frame) => void): number {
    let at = from;
    while (this.#broken === undefined && chunk.length - at >= HEADER_BYTES && this.#readHeader(chunk, at)) {
      const begin = at + HEADER_BYTES;
      const end = begin + this.#frame.payloadBytes;
      if (end > chunk.length) break;
      this.#yieldFrame(end === begin ? [] : [chunk.subarray(begin, end)], onFrame);
      at = end;
    }
    return at;
  }

  /** Keeps the beginning of a frame; of its header, if that is whole, `#decode` has seen that nothing is wrong. */
  #keep(rest: Buffer): void {
    this.#header ??= Buffer.alloc(HEADER_BYTES);
    this.#headerBytes = rest.copy(this.#header);
    if (rest.length > HEADER_BYTES) this.#kept.keep(rest.subarray(HEADER_BYTES));
  }

  /** Reads the header that lies whole at `at`; `false` when nothing can be read after it. */
  #readHeader(bytes: Buffer, at: number): boolean {
    const fault = this.#frame.readHeader(bytes, at, this.#maxPayloadBytes);
    if (fault !== undefined) this.#breakOff(fault);
    return fault === undefined;
  }

  /** Yields the frame whose header was read last, if its CRC is right. */
  #yieldFrame(parts: readonly Buffer[], onFrame: (frame: Frame) => void): void {
    if (!this.#frame.fill(parts)) {
      this.#breakOff('the CRC-32 of a frame is wrong');
      return;
    }
    onFrame(this.#frame);
    this.#frame.empty();
  }

  #breakOff(reason: string): void {
    this.#broken = { kind: 'broken', reason };
  }
}
