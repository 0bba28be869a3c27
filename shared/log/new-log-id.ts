import { randomBytes } from 'node:crypto';
import type { LogId } from '../names/log-id.ts';

/** A new id for a log: UUID version 7 (RFC 9562, section 5.7), so that ids sort by the time they were made. */
export function newLogId(atMs: number): LogId {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(atMs, 0, 6);
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as LogId;
}
