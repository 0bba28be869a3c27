import { crc32 } from 'node:zlib';
import { combineCrc32 } from '../checksum/combine-crc32.ts';
import { FRAME_VERSION, type FrameType, HEADER_BYTES, LAST_FRAME_TYPE } from './protocol.ts';

/** A frame. The decoder hands out one object again and again, valid during the call only. */
export interface Frame {
  readonly type: FrameType;
  readonly segment: number;
  readonly offset: number;
  readonly payloadBytes: number;
  /** CRC-32 of the payload, where it is so long that it saves time not to make it again; undefined of a short one. */
  readonly payloadCrc: number | undefined;
  /** The payload as it came: views of the pushed chunk, and of what was kept of earlier ones when it lay across chunks. */
  readonly parts: readonly Buffer[];
  /** The payload in one piece, copied when it has several parts; for frames that are small. */
  readonly payload: Buffer;
}

const NOTHING = Buffer.alloc(0);
const NO_PARTS: readonly Buffer[] = [];
const CRC_AT = HEADER_BYTES - 4;
/** From this length on combining CRCs costs less than going over the bytes once more. */
const LONG_BYTES = 16 * 1024;

/** The frame that a decoder hands out again and again. Its payload is joined by a getter, since DATA, most of all, is never joined. */
export class DecodedFrame implements Frame {
  type: FrameType = 1;
  segment = 0;
  offset = 0;
  payloadBytes = 0;
  payloadCrc: number | undefined;
  parts = NO_PARTS;
  #crc = 0;
  #headerCrc = 0;

  get payload(): Buffer {
    return this.parts.length > 1 ? Buffer.concat(this.parts) : (this.parts[0] ?? NOTHING);
  }

  /** Takes over the header that lies at `at`; returns what is wrong with it, in plain words, when something is. */
  readHeader(bytes: Buffer, at: number, maxPayloadBytes: number): string | undefined {
    const fault = faultOf(bytes, at, maxPayloadBytes);
    if (fault !== undefined) return fault;
    this.type = bytes[at] as FrameType;
    this.payloadBytes = bytes.readUInt32BE(at + 4);
    this.segment = bytes.readUInt32BE(at + 8);
    this.offset = bytes.readUInt32BE(at + 12) * 2 ** 32 + bytes.readUInt32BE(at + 16);
    this.#crc = bytes.readUInt32BE(at + CRC_AT);
    this.#headerCrc = crc32(bytes.subarray(at, at + CRC_AT));
    return undefined;
  }

  /** Takes over the whole payload, if it is the one that the header's CRC is of. */
  fill(parts: readonly Buffer[]): boolean {
    this.payloadCrc = this.payloadBytes < LONG_BYTES ? undefined : crcOf(parts, 0);
    const crc =
      this.payloadCrc === undefined
        ? crcOf(parts, this.#headerCrc)
        : combineCrc32(this.#headerCrc, this.payloadCrc, this.payloadBytes);
    if (crc !== this.#crc) return false;
    this.parts = parts;
    return true;
  }

  /** Lets go of the payload, and so of the chunk that it is a view of. */
  empty(): void {
    this.parts = NO_PARTS;
  }
}

function crcOf(parts: readonly Buffer[], before: number): number {
  return parts.reduce((crc, part) => crc32(part, crc), before);
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
