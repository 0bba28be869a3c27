import {
  closeSync,
  fdatasync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  openSync,
  read,
  readSync,
  renameSync,
  statSync,
  writevSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { combineCrc32 } from '../checksum/combine-crc32.ts';
import type { FileFault } from './file-change.ts';
import { copyBytes, type Mark, soundBytes } from './sound-bytes.ts';

const fdatasyncAsync = promisify(fdatasync);
const fsyncAsync = promisify(fsync);
const readAsync = promisify(read);

/** Distance between remembered CRC-32 values, bytes: what {@link OpenSegment.crcAt} has to read at most. */
const MARK_BYTES = 4 * 1024 * 1024;
const READ_BYTES = 256 * 1024;
/** What was appended last and is surely in memory, bytes. */
const FRESH_BYTES = 16 * 1024;

/**
 * The file of the segment that is being appended to, with the running CRC-32 of its bytes. Appending is synchronous: one
 * `writev` into the page cache, which is what keeps positions, CRC and file in step without a queue.
 */
export class OpenSegment {
  readonly number: number;
  /** How much of what it held when it was opened is known to be what had been appended to it, bytes. */
  readonly provenBytes: number;
  /** Whether that is all of it: what is appended from here on is proven then, too. */
  readonly isProven: boolean;
  readonly #fd: number;
  #path: string;
  #bytes: number;
  #crc: number;
  #syncedBytes = 0;
  readonly #marks: Mark[] = [{ offset: 0, crc: 0 }];
  readonly #markBytes: number;
  readonly #inode: number;
  readonly #device: number;

  /** Asynchronous operations under way; a file descriptor closed below them could be another file's by then. */
  #pending = 0;
  #isClosed = false;

  /**
   * Opens the file at `path`, whose present content is `bytes` long and has the CRC-32 `crc`; makes it when that is nothing.
   *
   * @param markBytes distance between remembered CRC-32 values, bytes
   * @throws when the file has another length, or is there although nothing is expected.
   */
  constructor(
    path: string,
    number: number,
    content: { readonly bytes: number; readonly crc: number; readonly provenBytes?: number },
    markBytes = MARK_BYTES,
  ) {
    this.#path = path;
    this.number = number;
    this.provenBytes = content.provenBytes ?? 0;
    this.isProven = this.provenBytes >= content.bytes;
    this.#markBytes = markBytes;
    this.#fd = openSync(path, content.bytes === 0 ? 'ax+' : 'a+');
    const { size, ino, dev } = fstatSync(this.#fd);
    this.#inode = ino;
    this.#device = dev;
    if (size !== content.bytes) {
      closeSync(this.#fd);
      throw new Error(`${path} is ${size} bytes long, not ${content.bytes}`);
    }
    this.#bytes = content.bytes;
    this.#crc = content.crc;
    if (content.bytes > 0) this.#marks.push({ offset: content.bytes, crc: content.crc });
  }

  /** Where its file lies. */
  get path(): string {
    return this.#path;
  }

  /** Length of the segment, bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** CRC-32 of all its bytes. */
  get crc(): number {
    return this.#crc;
  }

  /** How much of it is known to be on the disk, bytes. */
  get syncedBytes(): number {
    return this.#syncedBytes;
  }

  /**
   * Appends the chunks in one go.
   *
   * @param crc CRC-32 of all of them together, if it is known already
   * @throws the system's error (`ENOSPC`, `EIO`, …). What was written before it stays, counts, and is a sound prefix of what
   * was to be appended: compare {@link bytes} to know how much.
   */
  append(chunks: readonly Uint8Array[], crc?: number): void {
    if (this.#isClosed) throw new Error(`segment ${this.number} is closed`);
    const total = chunks.reduce((sum, { length }) => sum + length, 0);
    let rest = chunks;
    while (rest.length > 0) {
      const written = writevSync(this.#fd, rest as Uint8Array[]);
      if (crc !== undefined && written === total) {
        this.#crc = combineCrc32(this.#crc, crc, total);
        this.#bytes += total;
        rest = [];
      } else {
        rest = this.#account(rest, written);
      }
      this.#remember();
    }
  }

  /** Adds `written` bytes of `chunks` to length and CRC; returns what is left, after a short write. */
  #account(chunks: readonly Uint8Array[], written: number): readonly Uint8Array[] {
    let left = written;
    for (const [index, chunk] of chunks.entries()) {
      const part = chunk.length <= left ? chunk : chunk.subarray(0, left);
      this.#crc = crc32(part, this.#crc);
      this.#bytes += part.length;
      left -= part.length;
      if (part.length < chunk.length) return [chunk.subarray(part.length), ...chunks.slice(index + 1)];
    }
    return [];
  }

  #remember(): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && this.#bytes - last.offset >= this.#markBytes)
      this.#marks.push({ offset: this.#bytes, crc: this.#crc });
  }

  /**
   * What is wrong with its file; undefined when the file at its path is the one that is written to, and as long as what was written.
   * It costs a call of the system.
   */
  fault(): FileFault | undefined {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    if (found === undefined) return 'gone';
    if (found.ino !== this.#inode || found.dev !== this.#device) return 'replaced';
    if (found.size === this.#bytes) return undefined;
    return found.size < this.#bytes ? 'shorter' : 'longer';
  }

  /** What tells its file, as it is now, from another; `changedMs` is its `ctime`, ms since 1970. */
  identity(): { readonly inode: number; readonly changedMs: number } {
    return { inode: this.#inode, changedMs: fstatSync(this.#fd).ctimeMs };
  }

  /** How much of what was written can still be read, bytes; see {@link soundBytes}. Also of a file that has lost its name. */
  soundBytes(): number {
    return this.soundBytesOf(this.#fd);
  }

  /** As {@link soundBytes}, of another file. */
  soundBytesOf(fd: number): number {
    return soundBytes(fd, this.number, [...this.#marks, { offset: this.#bytes, crc: this.#crc }]);
  }

  /** Copies its first `bytes` into another file. @throws the system's error */
  copyTo(fd: number, bytes: number): void {
    copyBytes(this.#fd, fd, bytes);
  }

  /** Whether its file still holds what was written to it; reads all of it. */
  async isAsWritten(): Promise<boolean> {
    const [bytes, crc] = [this.#bytes, this.#crc];
    return await this.#hold(async () => (await this.#readCrc(bytes, { offset: 0, crc: 0 })) === crc);
  }

  /** Renames its file; what has been appended moves along. Durable only when both directories have been synced. */
  moveTo(path: string): void {
    if (path === this.#path) return;
    renameSync(this.#path, path);
    this.#path = path;
  }

  /** Makes what has been appended so far durable; returns that length, bytes. */
  async sync(): Promise<number> {
    const bytes = this.#bytes;
    if (bytes > this.#syncedBytes) {
      await this.#hold(() => fdatasyncAsync(this.#fd));
      this.#syncedBytes = Math.max(this.#syncedBytes, bytes);
    }
    return bytes;
  }

  /** Makes the file itself durable, its length and times included (its directory entry is another matter). */
  async syncFile(): Promise<void> {
    const bytes = this.#bytes;
    await this.#hold(() => fsyncAsync(this.#fd));
    this.#syncedBytes = Math.max(this.#syncedBytes, bytes);
  }

  /** As {@link syncFile}, while everything else waits. */
  syncFileSync(): void {
    fsyncSync(this.#fd);
    this.#syncedBytes = this.#bytes;
  }

  /**
   * After a sync that failed: cuts the file back to what is known to be on the disk; where nothing is known, nothing is cut. The kernel
   * may have dropped what it could not write, and would call the next sync a success. To be followed by {@link close}.
   */
  cutToSynced(): void {
    if (this.#syncedBytes > 0 && this.#syncedBytes < this.#bytes) ftruncateSync(this.#fd, this.#syncedBytes);
  }

  /** CRC-32 of the first `offset` bytes, read from the file as far as it is not remembered. */
  async crcAt(offset: number): Promise<number> {
    if (offset === this.#bytes) return this.#crc;
    return await this.#hold(() => this.#readCrc(offset));
  }

  async #readCrc(offset: number, from?: Mark): Promise<number> {
    const last = () => this.#marks.findLast((candidate) => candidate.offset <= offset);
    const mark = from ?? last() ?? { offset: 0, crc: 0 };
    let crc = mark.crc;
    for (let at = mark.offset; at < offset; ) {
      const bytes = await this.#read(at, Math.min(READ_BYTES, offset - at));
      if (bytes.length === 0) throw new Error(`${this.path} ends at ${at}, before ${offset}`);
      crc = crc32(bytes, crc);
      at += bytes.length;
    }
    return crc;
  }

  /** Reads up to `maxBytes` from `offset`; empty at the end. */
  async read(offset: number, maxBytes: number): Promise<Buffer> {
    return await this.#hold(() => this.#read(offset, maxBytes));
  }

  /**
   * As {@link read}, at once, where the bytes were appended a moment ago: they lie in the page cache, and to take them from there costs
   * less than to ask another thread to. Undefined where they were not.
   */
  readFresh(offset: number, maxBytes: number): Buffer | undefined {
    if (this.#isClosed || offset < this.#bytes - FRESH_BYTES) return undefined;
    const buffer = this.#bufferFor(offset, maxBytes);
    if (buffer.length === 0) return buffer;
    return buffer.subarray(0, readSync(this.#fd, buffer, 0, buffer.length, offset));
  }

  async #read(offset: number, maxBytes: number): Promise<Buffer> {
    const buffer = this.#bufferFor(offset, maxBytes);
    if (buffer.length === 0) return buffer;
    const { bytesRead } = await readAsync(this.#fd, buffer, 0, buffer.length, offset);
    return buffer.subarray(0, bytesRead);
  }

  #bufferFor(offset: number, maxBytes: number): Buffer {
    return Buffer.allocUnsafe(Math.min(maxBytes, Math.max(0, this.#bytes - offset)));
  }

  /** Closes the file, as soon as what is under way has ended. Nothing may be begun afterwards. May be called twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#pending === 0) closeSync(this.#fd);
  }

  async #hold<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error(`segment ${this.number} is closed`);
    this.#pending++;
    try {
      return await operation();
    } finally {
      this.#pending--;
      if (this.#isClosed && this.#pending === 0) closeSync(this.#fd);
    }
  }
}
