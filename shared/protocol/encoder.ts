import { crc32 } from 'node:zlib';
import {
  FRAME_VERSION,
  type FrameType,
  HEADER_BYTES,
  MAX_JSON_BYTES,
  MAX_PAYLOAD_BYTES,
} from './protocol.ts';

const NOTHING = Buffer.alloc(0);

/**
 * The header of a frame whose payload is sent right behind it, so that a large payload need not be copied.
 *
 * @param segment 0 to 2^32 − 1
 * @param offset 0 to 2^53 − 1, bytes
 * @throws RangeError when the payload is larger than {@link MAX_PAYLOAD_BYTES}
 */
export function encodeHeader(type: FrameType, segment: number, offset: number, payload: Uint8Array): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  writeHeader(header, type, segment, offset, payload);
  return header;
}

/** A whole frame in one buffer; for small payloads. */
export function encodeFrame(type: FrameType, segment = 0, offset = 0, payload: Uint8Array = NOTHING): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  writeHeader(frame, type, segment, offset, payload);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

/** A frame whose payload is JSON. @throws RangeError when it is longer than {@link MAX_JSON_BYTES} */
export function encodeJsonFrame(type: FrameType, value: object): Buffer {
  const payload = Buffer.from(JSON.stringify(value), 'utf8');
  if (payload.length > MAX_JSON_BYTES) {
    throw new RangeError(`a JSON payload of ${payload.length} bytes, at most ${MAX_JSON_BYTES} are allowed`);
  }
  return encodeFrame(type, 0, 0, payload);
}

function writeHeader(
  into: Buffer,
  type: FrameType,
  segment: number,
  offset: number,
  payload: Uint8Array,
): void {
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new RangeError(`a payload of ${payload.length} bytes, at most ${MAX_PAYLOAD_BYTES} are allowed`);
  }
  into[0] = type;
  into[1] = FRAME_VERSION;
  into.writeUInt16BE(0, 2);
  into.writeUInt32BE(payload.length, 4);
  into.writeUInt32BE(segment, 8);
  into.writeUInt32BE(Math.floor(offset / 2 ** 32), 12);
  into.writeUInt32BE(offset >>> 0, 16);
  const crc = crc32(into.subarray(0, HEADER_BYTES - 4));
  into.writeUInt32BE(payload.length === 0 ? crc : crc32(payload, crc), HEADER_BYTES - 4);
}
