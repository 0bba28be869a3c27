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
  const { isLent = false } = options;
  let { maxPayloadBytes = MAX_PAYLOAD_BYTES } = options;
  const frame = new DecodedFrame();
  /** Header of the frame that lies across chunks, as far as it has come, and what has come of its payload. Made when it is needed. */
  let header: Buffer | undefined;
  let headerBytes = 0;
  const kept = new FrameParts(isLent);
  let broken: DecodeResult | undefined;

  function breakOff(reason: string): void {
    broken = { kind: 'broken', reason };
  }

  /** Reads the header that lies whole at `at`; `false` when nothing can be read after it. */
  function readHeader(bytes: Buffer, at: number): boolean {
    const fault = frame.readHeader(bytes, at, maxPayloadBytes);
    if (fault !== undefined) breakOff(fault);
    return fault === undefined;
  }

  /** Yields the frame whose header was read last, if its CRC is right. */
  function yieldFrame(parts: readonly Buffer[], onFrame: (frame: Frame) => void): void {
    if (!frame.fill(parts)) {
      breakOff('the CRC-32 of a frame is wrong');
      return;
    }
    onFrame(frame);
    frame.empty();
  }

  /** Goes on with the frame that lies across chunks; returns where in the chunk it ends. */
  function complete(chunk: Buffer, onFrame: (frame: Frame) => void): number {
    let at = 0;
    if (header !== undefined && headerBytes < HEADER_BYTES) {
      at = chunk.copy(header, headerBytes);
      headerBytes += at;
      if (headerBytes < HEADER_BYTES || !readHeader(header, 0)) return at;
    }
    const end = at + frame.payloadBytes - kept.bytes;
    const next = chunk.subarray(at, end);
    if (end > chunk.length) {
      if (next.length > 0) kept.keep(next);
      return chunk.length;
    }
    headerBytes = 0;
    const parts = kept.take();
    if (next.length > 0) parts.push(next);
    yieldFrame(parts, onFrame);
    return end;
  }

  /** Yields the frames that lie whole in the chunk; returns where the rest begins. */
  function decode(chunk: Buffer, from: number, onFrame: (frame: Frame) => void): number {
    let at = from;
    while (broken === undefined && chunk.length - at >= HEADER_BYTES && readHeader(chunk, at)) {
      const begin = at + HEADER_BYTES;
      const end = begin + frame.payloadBytes;
      if (end > chunk.length) break;
      yieldFrame(end === begin ? [] : [chunk.subarray(begin, end)], onFrame);
      at = end;
    }
    return at;
  }

  /** Keeps the beginning of a frame; of its header, if that is whole, `decode` has seen that nothing is wrong. */
  function keep(rest: Buffer): void {
    header ??= Buffer.alloc(HEADER_BYTES);
    headerBytes = rest.copy(header);
    if (rest.length > HEADER_BYTES) kept.keep(rest.subarray(HEADER_BYTES));
  }

  return {
    allow(maxBytes) {
      maxPayloadBytes = maxBytes;
    },
    get pendingBytes() {
      return headerBytes + kept.bytes;
    },
    push(chunk, onFrame) {
      if (broken !== undefined) return broken;
      const from = headerBytes === 0 ? 0 : complete(chunk, onFrame);
      const at = decode(chunk, from, onFrame);
      if (broken !== undefined) return broken;
      if (at < chunk.length) keep(chunk.subarray(at));
      return OK;
    },
  };
}
