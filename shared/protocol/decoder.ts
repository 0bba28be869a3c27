import { crc32 } from 'node:zlib';
import {
  FRAME_VERSION,
  type FrameType,
  HEADER_BYTES,
  LAST_FRAME_TYPE,
  MAX_PAYLOAD_BYTES,
} from './protocol.ts';

/** A decoded frame. The decoder hands out one object again and again: it is valid during the call only, its payload longer. */
export interface Frame {
  readonly type: FrameType;
  readonly segment: number;
  readonly offset: number;
  /** A view of the pushed chunk, or of a buffer of its own when the frame lay across chunks. */
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

/** Mutable twin of {@link Frame}, reused for every frame. */
type ReusedFrame = { -readonly [Key in keyof Frame]: Frame[Key] };

const OK: DecodeResult = { kind: 'ok' };
const NOTHING = Buffer.alloc(0);
const MAX_COPIED_BYTES = 8 * 1024;

/** Makes a decoder. @param firstMaxBytes a longer payload is refused before anything is kept of it. */
export function createFrameDecoder(firstMaxBytes = MAX_PAYLOAD_BYTES): FrameDecoder {
  let maxPayloadBytes = firstMaxBytes;
  const frame: ReusedFrame = { type: 1, segment: 0, offset: 0, payload: NOTHING };
  /** Parts of a frame that lies across chunks: only what has come is kept, whatever length it claims. */
  let parts: Buffer[] = [];
  let partBytes = 0;
  /** Length of the frame that `parts` begin, or a header's while that is not complete. */
  let wantedBytes = HEADER_BYTES;
  let broken: DecodeResult | undefined;

  /** Decodes the frames that lie whole in `bytes`; returns where the rest begins. */
  function decode(bytes: Buffer, onFrame: (frame: Frame) => void): number {
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      const length = bytes.readUInt32BE(at + 4);
      const reason = faultOf(bytes, at, length, maxPayloadBytes);
      if (reason !== undefined) {
        broken = { kind: 'broken', reason };
        return at;
      }
      const end = at + HEADER_BYTES + length;
      if (end > bytes.length) break;
      if (!readFrame(bytes, at, end)) {
        broken = { kind: 'broken', reason: 'the CRC-32 of a frame is wrong' };
        return at;
      }
      onFrame(frame);
      at = end;
    }
    return at;
  }

  function readFrame(bytes: Buffer, at: number, end: number): boolean {
    frame.payload = bytes.subarray(at + HEADER_BYTES, end);
    const headerCrc = crc32(bytes.subarray(at, at + HEADER_BYTES - 4));
    const crc = frame.payload.length === 0 ? headerCrc : crc32(frame.payload, headerCrc);
    if (crc !== bytes.readUInt32BE(at + HEADER_BYTES - 4)) return false;
    frame.type = bytes[at] as FrameType;
    frame.segment = bytes.readUInt32BE(at + 8);
    frame.offset = bytes.readUInt32BE(at + 12) * 2 ** 32 + bytes.readUInt32BE(at + 16);
    return true;
  }

  /** Keeps a rest; what it begins tells how much has to come before it is worth looking again. */
  function keep(rest: Buffer): void {
    // A small rest is copied: as a view it would hold on to the whole chunk, for as long as the peer says nothing more.
    const kept = rest.length < MAX_COPIED_BYTES ? Buffer.from(rest) : rest;
    parts = rest.length === 0 ? [] : [kept];
    partBytes = rest.length;
    wantedBytes = rest.length < HEADER_BYTES ? HEADER_BYTES : HEADER_BYTES + rest.readUInt32BE(4);
  }

  return {
    allow(maxBytes) {
      maxPayloadBytes = maxBytes;
    },
    get pendingBytes() {
      return partBytes;
    },
    push(chunk, onFrame) {
      if (broken !== undefined) return broken;
      let bytes = chunk;
      if (partBytes > 0) {
        // Completes the frame that lies across chunks, and only that one: the chunk's other frames are not copied.
        const take = Math.min(chunk.length, wantedBytes - partBytes);
        parts.push(chunk.subarray(0, take));
        partBytes += take;
        if (partBytes < wantedBytes) return OK;
        const whole = Buffer.concat(parts, partBytes);
        const used = decode(whole, onFrame);
        if (broken !== undefined) return broken;
        keep(whole.subarray(used));
        bytes = chunk.subarray(take);
        // A header has been completed; its payload is still to come.
        if (partBytes > 0) return this.push(bytes, onFrame);
      }
      const used = decode(bytes, onFrame);
      if (broken !== undefined) return broken;
      keep(bytes.subarray(used));
      return OK;
    },
  };
}

/** What is wrong with the header at `at`, in plain words; undefined when nothing is. */
function faultOf(bytes: Buffer, at: number, length: number, maxPayloadBytes: number): string | undefined {
  const type = bytes[at] ?? 0;
  if (type === 0 || type > LAST_FRAME_TYPE) return `frames of type ${type} are not known`;
  if (bytes[at + 1] !== FRAME_VERSION)
    return `frame version ${bytes[at + 1]} is not spoken here, only ${FRAME_VERSION} is`;
  if (bytes.readUInt16BE(at + 2) !== 0) return 'the reserved bytes of a frame are not 0';
  if (length > maxPayloadBytes)
    return `a frame claims ${length} bytes, at most ${maxPayloadBytes} are allowed`;
  if (bytes.readUInt32BE(at + 12) >= 2 ** 21) return 'an offset is beyond 2^53';
  return undefined;
}
