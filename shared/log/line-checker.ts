import type { LogId } from '../names/log-id.ts';
import { LineSplitter } from './line-splitter.ts';
import { parseSegmentHeader } from './segment-header.ts';

/** Something in a segment's bytes that may not be there. */
export interface LineProblem {
  /** Where in the segment's plain content, bytes. */
  readonly offset: number;
  readonly what: string;
}

/** What a segment's lines look like. */
export interface LinesReport {
  /** Whole lines, the first one, which names the segment, included. */
  readonly lines: number;
  /** Lines that a kill or a full disk tore and the writer ended with `\n`: legitimate, and without a sample. */
  readonly tornLines: number;
  /** Bytes after the last `\n`. */
  readonly unendedBytes: number;
  /** The first ten; see {@link problemCount} for how many there are. */
  readonly problems: readonly LineProblem[];
  readonly problemCount: number;
  /** Which log the first line names; undefined when it names none. */
  readonly log: LogId | undefined;
}

const MAX_PROBLEMS = 10;
const OPENING = Buffer.from('{"t":"');
const CLOSING = 0x7d;

/**
 * Looks at every line of a segment without parsing it, which would be twenty times slower than the SHA-256 of the same bytes:
 * a sample begins with `{"t":"` and ends with `}`, and NDJSON holds no NUL byte.
 */
export class LineChecker {
  readonly #number: number;
  readonly #splitter = new LineSplitter();
  readonly #problems: LineProblem[] = [];
  #problemCount = 0;
  #lines = 0;
  #tornLines = 0;
  #log: LogId | undefined;

  /** @param number the segment that the first line has to name. */
  constructor(number: number) {
    this.#number = number;
  }

  /** Takes the next bytes of the segment. */
  push(chunk: Buffer): void {
    const hasNul = chunk.includes(0);
    if (hasNul) this.#add(this.#splitter.offset + chunk.indexOf(0), 'a NUL byte, which no line holds');
    this.#splitter.push(chunk, (line, offset) => this.#check(line, offset));
  }

  /** What has been found. */
  report(): LinesReport {
    return {
      lines: this.#lines,
      tornLines: this.#tornLines,
      unendedBytes: this.#splitter.offset - this.#splitter.lineOffset,
      problems: this.#problems,
      problemCount: this.#problemCount,
      log: this.#log,
    };
  }

  #check(line: Buffer, offset: number): void {
    if (this.#lines++ === 0) this.#checkHeader(line);
    else if (!beginsLikeSample(line)) this.#add(offset, 'a line that does not begin like a sample');
    else if (line.length < OPENING.length || line.at(-1) !== CLOSING) this.#tornLines++;
  }

  #checkHeader(line: Buffer): void {
    const header = parseSegmentHeader(Buffer.concat([line, Buffer.from('\n')]));
    this.#log = header?.log;
    if (header === undefined) this.#add(0, 'the first line does not name log and segment');
    else if (header.segment !== this.#number) {
      this.#add(0, `the first line names segment ${header.segment}, not ${this.#number}`);
    }
  }

  #add(offset: number, what: string): void {
    this.#problemCount++;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ offset, what });
  }
}

/** Whether a line, which may be torn after any byte but the first, begins as every sample does. */
function beginsLikeSample(line: Buffer): boolean {
  const length = Math.min(line.length, OPENING.length);
  return length > 0 && OPENING.compare(line, 0, length, 0, length) === 0;
}
