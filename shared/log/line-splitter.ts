/** The longest line a log may hold, bytes without `\n`. Sixteen times what a machine with hundreds of disks needs. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** Told of every line: its bytes without `\n`, where it begins, and where the next one does. */
export type OnLine = (line: Buffer, offset: number, end: number) => void;

const NOTHING = Buffer.alloc(0);

/**
 * Cuts a run of bytes into lines. Holds at most one line back; one that is longer than {@link MAX_LINE_BYTES} is given out cut
 * to that length, since nothing here may grow with what a damaged file says.
 */
export class LineSplitter {
  #held: Buffer = NOTHING;
  #lineOffset: number;
  #offset: number;

  /** @param offset where the first byte lies, bytes. */
  constructor(offset = 0) {
    this.#lineOffset = offset;
    this.#offset = offset;
  }

  /** Where the line that is held back begins; the end of the bytes when the last one was `\n`. */
  get lineOffset(): number {
    return this.#lineOffset;
  }

  /** How much has been pushed, counted from offset 0. */
  get offset(): number {
    return this.#offset;
  }

  /** Takes the next bytes, and tells `onLine` of each line that they complete. */
  push(chunk: Buffer, onLine: OnLine): void {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      const part = chunk.subarray(from, end);
      const line = this.#held.length === 0 ? part : this.#joined(part);
      const begin = this.#lineOffset;
      from = end + 1;
      this.#lineOffset = this.#offset + from;
      this.#held = NOTHING;
      onLine(line, begin, this.#lineOffset);
    }
    if (from < chunk.length) this.#held = Buffer.from(this.#joined(chunk.subarray(from)));
    this.#offset += chunk.length;
  }

  #joined(part: Buffer): Buffer {
    const room = MAX_LINE_BYTES - this.#held.length;
    return room <= 0 ? this.#held : Buffer.concat([this.#held, part.subarray(0, room)]);
  }
}
