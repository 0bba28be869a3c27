const NEWLINE = 10;
const SPACE = 32;
const DIGIT_0 = 48;
const DIGIT_9 = 57;

/**
 * Walks over the bytes of a table that the kernel wrote. Numbers are read without making strings of them: a server's
 * `/proc/stat` holds a thousand.
 */
export class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Whether there is anything left. */
  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The next number of this line; NaN when the line ends before it, something else stands there, or it is beyond 2^53. */
  number(): number {
    this.#skipSpaces();
    const bytes = this.#bytes;
    const start = this.#at;
    let value = 0;
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte < DIGIT_0 || byte > DIGIT_9) break;
      value = value * 10 + (byte - DIGIT_0);
    }
    this.#at = at;
    return at === start || value > Number.MAX_SAFE_INTEGER ? Number.NaN : value;
  }

  /** The next word of this line, up to a space or `stop`; empty at the end of the line. */
  word(stop = ' '): string {
    this.#skipSpaces();
    const stopByte = stop.charCodeAt(0);
    const start = this.#at;
    while (this.#at < this.#bytes.length && !this.#isOneOf(SPACE, NEWLINE, stopByte)) this.#at++;
    return this.#bytes.toString('utf8', start, this.#at);
  }

  /** Steps over one byte if it is this one. */
  skip(character: string): boolean {
    if (this.#bytes[this.#at] !== character.charCodeAt(0)) return false;
    this.#at++;
    return true;
  }

  /** Goes to the beginning of the next line, or to the end. */
  nextLine(): void {
    const newline = this.#bytes.indexOf(NEWLINE, this.#at);
    this.#at = newline === -1 ? this.#bytes.length : newline + 1;
  }

  /** Whether these characters stand here; steps over them if so. */
  take(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      if (this.#bytes[this.#at + i] !== text.charCodeAt(i)) return false;
    }
    this.#at += text.length;
    return true;
  }

  #skipSpaces(): void {
    while (this.#bytes[this.#at] === SPACE) this.#at++;
  }

  #isOneOf(a: number, b: number, c: number): boolean {
    const byte = this.#bytes[this.#at];
    return byte === a || byte === b || byte === c;
  }
}

/**
 * The number that follows `key` at the beginning of a line (`MemFree:   123 kB`, `pswpin 4`); undefined when there is none.
 * The search is the runtime's own, in C++.
 */
export function numberAfter(bytes: Buffer, key: string): number | undefined {
  let at = bytes.indexOf(key);
  while (at > 0 && bytes[at - 1] !== NEWLINE) at = bytes.indexOf(key, at + 1);
  if (at === -1) return undefined;
  const value = new Cursor(bytes.subarray(at + key.length)).number();
  return Number.isNaN(value) ? undefined : value;
}
