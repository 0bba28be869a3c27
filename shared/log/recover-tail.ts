import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/** How much of a file stands, and the CRC-32 of it. */
export interface SoundPrefix {
  readonly bytes: number;
  readonly crc: number;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Finds how much of an open segment survived a power cut (invariant 5): up to the last `\n` before the first NUL byte,
 * since NDJSON holds no NUL and a file system fills what was never written with them; and not past a last line that is no
 * JSON object, which is a torn line that happens to end in an old block's `\n`.
 */
export async function findSoundPrefix(path: string): Promise<SoundPrefix> {
  const file = await open(path, 'r');
  try {
    const upToNul = await measureUpToNul(file);
    const bytes = await lastWholeLine(file, upToNul);
    return { bytes, crc: await crcOfFile(file, bytes) };
  } finally {
    await file.close();
  }
}

type File = Awaited<ReturnType<typeof open>>;

async function measureUpToNul(file: File): Promise<number> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, at);
    const nul = buffer.subarray(0, bytesRead).indexOf(0);
    if (nul >= 0) return at + nul;
    if (bytesRead === 0) return at;
    at += bytesRead;
  }
}

async function lastWholeLine(file: File, end: number): Promise<number> {
  let bytes = await lineEndBefore(file, end);
  while (bytes > 0) {
    const begin = await lineEndBefore(file, bytes - 1);
    const line = Buffer.allocUnsafe(bytes - begin);
    await file.read(line, 0, line.length, begin);
    if (isObject(line.toString('utf8'))) return bytes;
    bytes = begin;
  }
  return 0;
}

/** The offset just behind the last `\n` before `end`, or 0. */
async function lineEndBefore(file: File, end: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let to = end; to > 0; ) {
    const from = Math.max(0, to - CHUNK_BYTES);
    await file.read(buffer, 0, to - from, from);
    const newline = buffer.subarray(0, to - from).lastIndexOf(0x0a);
    if (newline >= 0) return from + newline + 1;
    to = from;
  }
  return 0;
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

/** CRC-32 of the bytes [from, to) of a file, going on from `crc`, the CRC-32 of what lies before `from`. */
export async function crcOfFile(file: File, to: number, from = 0, crc = 0): Promise<number> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = from; at < to; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK_BYTES, to - at), at);
    if (bytesRead === 0) throw new Error(`the file ends at ${at}, ${to - at} bytes early`);
    crc = crc32(buffer.subarray(0, bytesRead), crc);
    at += bytesRead;
  }
  return crc;
}
