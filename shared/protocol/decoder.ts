import { crc32 } from 'node:zlib';
import { FrameParts } from './frame-parts.ts';
import {
  FRAME_VERSION,
  type FrameType,
  HEADER_BYTES,
  LAST_FRAME_TYPE,
  MAX_PAYLOAD_BYTES,
} from './protocol.ts';

/** A frame. The decoder hands out one object again and again, valid during the call only. */
export interface Frame {
  readonly type: FrameType;
  readonly segment: number;
  readonly offset: number;
  readonly payloadBytes: number;
  /** The payload as it came: views of the pushed chunk, and of what was kept of earlier ones when it lay across chunks. */
  readonly parts: readonly Buffer[];
  /** The payload in one piece, copied when it has several parts; for frames that are small. */
  readonly payload: Buffer;
}

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
const NOTHING = Buffer.alloc(0);
const NO_PARTS: readonly Buffer[] = [];
const CRC_AT = HEADER_BYTES - 4;

/** Makes a decoder. */
export function createFrameDecoder(options: FrameDecoderOptions = {}): FrameDecoder {
  const { isLent = false } = options;
  let { maxPayloadBytes = MAX_PAYLOAD_BYTES } = options;
  const frame = new DecodedFrame();
  /** Header of the frame that lies across chunks, as far as it has come, and what has come of its payload. */
  let header = NOTHING;
  let headerBytes = 0;
  const kept = new FrameParts(isLent);
  let broken: DecodeResult | undefined;

  function breakOff(reason: string): void {
    broken = { kind: 'broken', reason };
  }

  /** Reads the header that lies whole at `at`; `false` when nothing can be read after it. */
  function readHeader(bytes: Buffer, at: number): boolean {
    const fault = faultOf(bytes, at, maxPayloadBytes);
    if (fault !== undefined) {
      breakOff(fault);
      return false;
    }
    frame.read(bytes, at);
    return true;
  }

  /** Yields the frame whose header was read last, if its CRC is right. */
  function yieldFrame(parts: readonly Buffer[], onFrame: (frame: Frame) => void): void {
    if (crcOf(frame.headerCrc, parts) !== frame.crc) {
      breakOff('the CRC-32 of a frame is wrong');
      return;
    }
    frame.parts = parts;
    onFrame(frame);
    frame.parts = NO_PARTS;
  }

  /** Goes on with the frame that lies across chunks; returns where in the chunk it ends. */
  function complete(chunk: Buffer, onFrame: (frame: Frame) => void): number {
    let at = 0;
    if (headerBytes < HEADER_BYTES) {
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
      yieldFrame(end === begin ? NO_PARTS : [chunk.subarray(begin, end)], onFrame);
      at = end;
    }
    return at;
  }

  /** Keeps the beginning of a frame; of its header, if that is whole, `decode` has seen that nothing is wrong. */
  function keep(rest: Buffer): void {
    if (header.length === 0) header = Buffer.alloc(HEADER_BYTES);
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

/** The frame that is handed out again and again. Its payload is joined by a getter, since most users never want it joined. */
class DecodedFrame implements Frame {
  type: FrameType = 1;
  segment = 0;
  offset = 0;
  payloadBytes = 0;
  parts = NO_PARTS;
  crc = 0;
  headerCrc = 0;

  get payload(): Buffer {
    return this.parts.length > 1 ? Buffer.concat(this.parts) : (this.parts[0] ?? NOTHING);
  }

  /** Takes over a header, which has been checked. */
  read(bytes: Buffer, at: number): void {
    this.type = bytes[at] as FrameType;
    this.payloadBytes = bytes.readUInt32BE(at + 4);
    this.segment = bytes.readUInt32BE(at + 8);
    this.offset = bytes.readUInt32BE(at + 12) * 2 ** 32 + bytes.readUInt32BE(at + 16);
    this.crc = bytes.readUInt32BE(at + CRC_AT);
    this.headerCrc = crc32(bytes.subarray(at, at + CRC_AT));
  }
}

function crcOf(headerCrc: number, parts: readonly Buffer[]): number {
  let crc = headerCrc;
  for (const part of parts) crc = crc32(part, crc);
  return crc;
}

/** What is wrong with the header at `at`, in plain words; undefined when nothing is. */
function faultOf(bytes: Buffer, at: number, maxPayloadBytes: number): string | undefined {
  const type = bytes[at] ?? 0;
  if (type === 0 || type > LAST_FRAME_TYPE) return `frames of type ${type} are not known`;
  if (bytes[at + 1] !== FRAME_VERSION)
    return `frame version ${bytes[at + 1]} is not spoken here, only ${FRAME_VERSION} is`;
  if (bytes.readUInt16BE(at + 2) !== 0) return 'the reserved bytes of a frame are not 0';
  const length = bytes.readUInt32BE(at + 4);
  if (length > maxPayloadBytes)
    return `a frame claims ${length} bytes, at most ${maxPayloadBytes} are allowed`;
  if (bytes.readUInt32BE(at + 12) >= 2 ** 21) return 'an offset is beyond 2^53';
  return undefined;
}
