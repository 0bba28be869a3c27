import type { LogWriter } from './log-writer.ts';
import type { Position } from './position.ts';
import { type LogChunk, readSegment } from './read-log.ts';
import type { SegmentRecord } from './segment-records.ts';

/** What comes next in a log that is still being written. */
export type CursorStep =
  | { readonly kind: 'bytes'; readonly segment: number; readonly offset: number; readonly bytes: Buffer }
  /** The segment has been read to its end and is sealed; the next step begins the next segment. */
  | { readonly kind: 'sealed'; readonly record: SegmentRecord }
  /** Nothing more at present: the open segment's end, or a closed segment that is not sealed yet. */
  | { readonly kind: 'end' };

/** Reads a log on behalf of a follower, from a position on, beside its writer. Not for overlapping calls. */
export class LogCursor implements AsyncDisposable {
  readonly #writer: LogWriter;
  readonly #maxBytes: number;
  #at: Position;
  #chunks: AsyncGenerator<LogChunk, void, void> | undefined;
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

  /** Takes the next step. @throws the system's error when the disk cannot be read. */
  async next(): Promise<CursorStep> {
    const { segment, offset } = this.#at;
    if (segment === this.#writer.end.segment) {
      const bytes = await this.#writer.openSegment.read(offset, this.#maxBytes);
      return this.#advance(bytes);
    }
    // Asked for before reading: a record that is there by then says where the reading has to end.
    const record = this.#writer.sealed.get(segment);
    const bytes = this.#rest ?? (await this.#nextChunk());
    if (bytes !== undefined) return this.#advance(this.#cut(bytes));
    if (record === undefined) return { kind: 'end' };
    if (record.bytes !== offset)
      throw new Error(`segment ${segment} ends at ${offset}, it was sealed with ${record.bytes} bytes`);
    await this.#closeChunks();
    this.#at = { segment: segment + 1, offset: 0 };
    return { kind: 'sealed', record };
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

  async #nextChunk(): Promise<Buffer | undefined> {
    this.#chunks ??= readSegment(this.#writer.paths, this.#at.segment, this.#at.offset);
    const step = await this.#chunks.next();
    if (step.done !== true) return step.value.bytes;
    this.#chunks = undefined;
    return undefined;
  }

  async #closeChunks(): Promise<void> {
    await this.#chunks?.return();
    this.#chunks = undefined;
    this.#rest = undefined;
  }
}
