const NEWLINE = 0x0a;

/** Watches that no line of a log gets longer than allowed, without looking at every byte. */
export class LineLimit {
  readonly #maxBytes: number;
  /** Bytes since the last `\n`. */
  #openBytes = 0;

  /** @param maxBytes of a line with its `\n` */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes the next bytes of the log: whether all lines are short enough. */
  accepts(bytes: Buffer): boolean {
    let start = -this.#openBytes;
    // From one line's beginning to the last newline within reach: one native search for each `maxBytes`, not for each line.
    while (bytes.length - start > this.#maxBytes) {
      const reach = start + this.#maxBytes - 1;
      const newline = reach < 0 ? -1 : bytes.lastIndexOf(NEWLINE, reach);
      if (newline < Math.max(start, 0)) return false;
      start = newline + 1;
    }
    const last = bytes.lastIndexOf(NEWLINE);
    this.#openBytes = last < 0 ? this.#openBytes + bytes.length : bytes.length - last - 1;
    return true;
  }

  /** The log goes on somewhere else. */
  restart(): void {
    this.#openBytes = 0;
  }
}
