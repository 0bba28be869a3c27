import { closeSync, openSync, readSync } from 'node:fs';

/** How many reads are skipped after one that failed: an exception a second would cost more than all the reading. */
const READS_SKIPPED_AFTER_FAILURE = 60;

/**
 * The kernel hands out a table by as many whole lines as fit into a page, of 4 KiB or more. So a read that brings less than a page
 * without one line has brought everything.
 */
const SURELY_ALL_BYTES = 3 * 1024;

const LARGEST_FILE_BYTES = 4 * 1024 * 1024;

/** A buffer that all files of one sampler are read into, one after the other. Grows when a file does not fit. */
export class ReadBuffer {
  bytes: Buffer = Buffer.allocUnsafeSlow(32 * 1024);

  /** Doubles the buffer, keeping its content; false when it is as large as it may get. */
  grow(): boolean {
    if (this.bytes.length >= LARGEST_FILE_BYTES) return false;
    const larger = Buffer.allocUnsafeSlow(this.bytes.length * 2);
    this.bytes.copy(larger);
    this.bytes = larger;
    return true;
  }
}

/**
 * A file of `/proc` or `/sys` that is opened once and read again from its beginning for every sample, which saves the
 * path walk, two system calls and a buffer each time. Reading is synchronous: these files are made by the kernel in
 * microseconds, a round through the thread pool costs more.
 */
export class ProcFile implements Disposable {
  readonly #path: string;
  readonly #buffer: ReadBuffer;
  readonly #hasLongLines: boolean;
  #fd: number | undefined;
  #skip = 0;

  /**
   * Nothing is opened before the first read.
   *
   * @param hasLongLines its lines may be longer than 1 KiB
   */
  constructor(path: string, buffer: ReadBuffer, hasLongLines = false) {
    this.#hasLongLines = hasLongLines;
    this.#path = path;
    this.#buffer = buffer;
  }

  /** The whole content, valid until the next read into the same buffer; undefined when it cannot be read. */
  read(): Buffer | undefined {
    if (this.#skip > 0) {
      this.#skip -= 1;
      return undefined;
    }
    try {
      this.#fd ??= openSync(this.#path, 'r');
      return this.#readAll(this.#fd);
    } catch {
      this[Symbol.dispose]();
      this.#skip = READS_SKIPPED_AFTER_FAILURE;
      return undefined;
    }
  }

  /** Closes the file. A later read opens it again. */
  [Symbol.dispose](): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  #readAll(fd: number): Buffer {
    let length = 0;
    while (length < this.#buffer.bytes.length || this.#buffer.grow()) {
      const bytes = this.#buffer.bytes;
      const read = readSync(fd, bytes, length, bytes.length - length, length);
      length += read;
      if (read === 0 || (read < SURELY_ALL_BYTES && !this.#hasLongLines)) break;
    }
    return this.#buffer.bytes.subarray(0, length);
  }
}
