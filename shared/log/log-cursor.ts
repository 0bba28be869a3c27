import type { LogPaths } from './log.ts';
import type { LogWriter } from './log-writer.ts';
import type { Position } from './position.ts';
import { readSegment } from './read-log.ts';
import { readProven } from './read-proven.ts';
import type { SegmentRecord } from './segment-records.ts';

/** What comes next in a log that is still being written. */
export type CursorStep =
  | { readonly kind: 'bytes'; readonly segment: number; readonly offset: number; readonly bytes: Buffer }
  /** The segment has been read to its end and is sealed; the next step begins the next segment. */
  | { readonly kind: 'sealed'; readonly record: SegmentRecord }
  /** The segment is not to be had here beyond this place; who follows has to go on behind it. */
  | { readonly kind: 'lost'; readonly segment: number }
  /** Nothing more at present: the open segment's end, or a closed segment that is not sealed yet. */
  | { readonly kind: 'end' };

/** Reads a log on behalf of a follower, from a position on, beside its writer. Not for overlapping calls. */
export class LogCursor implements AsyncDisposable {
  readonly #writer: LogWriter;
  readonly #maxBytes: number;
  #at: Position;
  #chunks: AsyncGenerator<Buffer, void, void> | undefined;
  #rest: Buffer | undefined;

  /** @param maxBytes the most that one step brings, bytes. */
  constructor(writer: LogWriter, at: Position, maxBytes: number) {
    this.#writer = writer;
    this.#at = at;
    this.#maxBytes = maxBytes;
  }

  /** Where the next step begins. */
  get position(): Position {
    return this.#at;
  }

  /** Takes the next step at once, where it needs no waiting: to the end of the open segment, or there. Undefined otherwise. */
  nextFresh(): CursorStep | undefined {
    const { segment, offset } = this.#at;
    if (segment !== this.#writer.end.segment) return undefined;
    const bytes = this.#writer.openSegment.readFresh(offset, this.#maxBytes);
    return bytes && this.#advance(bytes);
  }

  /**
   * Takes the next step. After an error it may be tried again, and reads again from the same position.
   *
   * @throws SegmentUnreadableError when a sealed segment does not give what is recorded; the system's error
   */
  async next(): Promise<CursorStep> {
    const { segment, offset } = this.#at;
    if (segment === this.#writer.end.segment) {
      const bytes = await this.#writer.openSegment.read(offset, this.#maxBytes);
      return this.#advance(bytes);
    }
    // Asked for before reading: a record that is there by then says where the reading has to end.
    const lost = this.#writer.lost.find(({ from }) => from === segment);
    const record = this.#writer.sealed.get(segment) ?? lost?.record;
    // Who has all of it needs no more than the record, even of one that cannot be read.
    if (record?.bytes === offset) return await this.#pass(record);
    if (lost !== undefined) return { kind: 'lost', segment };
    const bytes = this.#rest ?? (await this.#nextChunk(record));
    if (bytes !== undefined) return this.#advance(this.#cut(bytes));
    if (record === undefined) return { kind: 'end' };
    throw new Error(`segment ${segment} ends at ${offset}, it was sealed with ${record.bytes} bytes`);
  }

  /** Ends the reading. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closeChunks();
  }

  #advance(bytes: Buffer): CursorStep {
    if (bytes.length === 0) return { kind: 'end' };
    const { segment, offset } = this.#at;
    this.#at = { segment, offset: offset + bytes.length };
    return { kind: 'bytes', segment, offset, bytes };
  }

  #cut(bytes: Buffer): Buffer {
    this.#rest = bytes.length > this.#maxBytes ? bytes.subarray(this.#maxBytes) : undefined;
    return bytes.subarray(0, this.#maxBytes);
  }

  async #pass(record: SegmentRecord): Promise<CursorStep> {
    await this.#closeChunks();
    this.#at = { segment: record.number + 1, offset: 0 };
    return { kind: 'sealed', record };
  }

  async #nextChunk(record: SegmentRecord | undefined): Promise<Buffer | undefined> {
    const { offset } = this.#at;
    this.#chunks ??=
      record === undefined
        ? readPlain(this.#writer.paths, this.#at)
        : readProven(this.#writer.paths, record, offset);
    const step = await this.#chunks.next().catch(async (error: unknown) => {
      await this.#closeChunks();
      throw error;
    });
    if (step.done !== true) return step.value;
    this.#chunks = undefined;
    return undefined;
  }

  async #closeChunks(): Promise<void> {
    await this.#chunks?.return();
    this.#chunks = undefined;
    this.#rest = undefined;
  }
}

/** Reads a segment that is closed and not sealed yet; it may be sealed meanwhile. */
async function* readPlain(
  paths: LogPaths,
  { segment, offset }: Position,
): AsyncGenerator<Buffer, void, void> {
  for await (const { bytes } of readSegment(paths, segment, offset)) yield bytes;
}
