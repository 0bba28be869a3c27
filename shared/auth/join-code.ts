import { crc32 } from 'node:zlib';
import { SECRET_BYTES } from './auth.ts';

/** What a join code tells a node: where the receiver is, how to know it, and a secret that lets the node in. */
export interface JoinCode {
  /** Which code it is, 16 hexadecimal digits; not secret. */
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
  /** SHA-256 of the receiver's certificate, hex; undefined when this receiver is reached by plain TCP. */
  readonly certificate: string | undefined;
  /** Where the receiver is reached, to try in turn: `host:port` or `[IPv6]:port`. */
  readonly addresses: readonly string[];
}

const PREFIX = 'fk1-';
const ID_BYTES = 8;
const HASH_BYTES = 32;
const CRC_BYTES = 4;
const FIXED_BYTES = 1 + ID_BYTES + SECRET_BYTES;
const MAX_CHARACTERS = 2000;
const WITH_CERTIFICATE = 1;

/**
 * A join code as one word to paste: `fk1-` and base64url of flags (1 byte, bit 0: TLS), id (8), secret (32), certificate's
 * SHA-256 (32, with TLS only), the addresses separated by commas, and CRC-32 of all that (4, big-endian).
 */
export function encodeJoinCode({ id, secret, certificate, addresses }: JoinCode): string {
  const body = Buffer.concat([
    Buffer.from([certificate === undefined ? 0 : WITH_CERTIFICATE]),
    Buffer.from(id, 'hex'),
    secret,
    Buffer.from(certificate ?? '', 'hex'),
    Buffer.from(addresses.join(',')),
  ]);
  const check = Buffer.alloc(CRC_BYTES);
  check.writeUInt32BE(crc32(body));
  return PREFIX + Buffer.concat([body, check]).toString('base64url');
}

/** Reads a join code; undefined when it is none, is cut off or has a slip in it. Spaces and line breaks from pasting are passed over. */
export function parseJoinCode(text: string): JoinCode | undefined {
  const word = text.replaceAll(/\s+/g, '');
  if (!word.startsWith(PREFIX) || word.length > MAX_CHARACTERS) return undefined;
  const bytes = Buffer.from(word.slice(PREFIX.length), 'base64url');
  const body = bytes.subarray(0, -CRC_BYTES);
  if (body.length < FIXED_BYTES || crc32(body) !== bytes.readUInt32BE(body.length)) return undefined;
  const isSecured = body[0] === WITH_CERTIFICATE;
  if (!isSecured && body[0] !== 0) return undefined;
  const end = FIXED_BYTES + (isSecured ? HASH_BYTES : 0);
  const addresses = body
    .subarray(end)
    .toString('utf8')
    .split(',')
    .filter((address) => address !== '');
  if (body.length < end || addresses.length === 0) return undefined;
  return {
    id: body.subarray(1, 1 + ID_BYTES).toString('hex'),
    secret: Uint8Array.from(body.subarray(1 + ID_BYTES, FIXED_BYTES)),
    certificate: isSecured ? body.subarray(FIXED_BYTES, end).toString('hex') : undefined,
    addresses,
  };
}
