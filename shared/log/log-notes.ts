import type { LogId } from '../names/log-id.ts';
import { writeCheckpoint } from './checkpoint.ts';
import {
  endHealedSegment,
  type HealedEnd,
  measureClosedSegment,
  type UnsealedSegment,
} from './heal-segment.ts';
import type { LogPaths } from './log.ts';
import { type CleanEnd, type LogMeta, writeLogMeta, writeLogMetaSync } from './log-meta.ts';
import type { OpenSegment } from './open-segment.ts';

/** After how many bytes the CRC-32 of the open segment is noted, so that a change while this program does not run is found. */
const CHECKPOINT_BYTES = 64 * 1024;

/** What a {@link LogNotes} is made of. */
export interface NotesOptions {
  readonly paths: LogPaths;
  readonly id: LogId;
  readonly bootId: string;
  readonly interrupted: readonly number[];
  /** Number of the open segment. */
  readonly open: () => number;
}

/** What a writer notes on the disk about its segments: `log.json`, with the interrupted ones, and the checkpoint of the open one. */
export class LogNotes {
  readonly #options: NotesOptions;
  #interrupted: readonly number[];
  /** The writing of `log.json` under way: one at a time. */
  #writing: Promise<void> = Promise.resolve();
  #checkpoint = { segment: 0, bytes: 0 };

  constructor(options: NotesOptions) {
    this.#options = options;
    this.#interrupted = options.interrupted;
  }

  /** Segments of which the receiver may hold more than this copy, ascending. */
  get interrupted(): readonly number[] {
    return this.#interrupted;
  }

  /** Notes an interrupted segment, durably. */
  async add(number: number): Promise<void> {
    this.#add(number);
    await this.write();
  }

  /** As {@link add}, while everything else waits. */
  addSync(number: number): void {
    this.#add(number);
    writeLogMetaSync(this.#options.paths, this.#meta(undefined));
  }

  /** @throws when a segment is not interrupted */
  assertInterrupted(number: number): void {
    if (!this.#interrupted.includes(number)) throw new Error(`segment ${number} is not interrupted`);
  }

  #add(number: number): void {
    this.#interrupted = [...new Set([...this.#interrupted, number])].sort((a, b) => a - b);
  }

  /** Ends an interrupted segment: nobody has more of it. */
  async end(number: number, atMs: number): Promise<HealedEnd> {
    this.assertInterrupted(number);
    const { paths, id, bootId } = this.#options;
    const header = { log: id, node: paths.node, segment: number, bootId, atMs };
    const end = await endHealedSegment(paths, number, header);
    this.#interrupted = this.#interrupted.filter((other) => other !== number);
    await this.write();
    return end;
  }

  /** Length and CRC-32 of the interrupted segments. */
  async measure(): Promise<readonly UnsealedSegment[]> {
    const measured = this.#interrupted.map((number) => measureClosedSegment(this.#options.paths, number));
    return await Promise.all(measured);
  }

  /** Writes `log.json`. */
  async write(cleanEnd?: CleanEnd): Promise<void> {
    const { paths } = this.#options;
    const writing = this.#writing
      .catch(() => undefined)
      .then(() => writeLogMeta(paths, this.#meta(cleanEnd)));
    this.#writing = writing;
    await writing;
  }

  /** As {@link write}, at once, of what can wait: a disk that is full is met again by the next who writes it. */
  tryWriteSync(): void {
    try {
      writeLogMetaSync(this.#options.paths, this.#meta(undefined));
    } catch {
      void this.write().catch(() => undefined);
    }
  }

  /** Notes the CRC-32 of the open segment, when much has come since it was noted last. Not durably. */
  async noteCheckpoint(segment: OpenSegment): Promise<void> {
    const { number, bytes: offset, crc, isProven } = segment;
    const from = this.#checkpoint.segment === number ? this.#checkpoint.bytes : 0;
    if (offset - from < CHECKPOINT_BYTES) return;
    this.#checkpoint = { segment: number, bytes: offset };
    const { paths, bootId } = this.#options;
    await writeCheckpoint(paths, { segment: number, offset, crc, bootId, isProven });
  }

  #meta(cleanEnd: CleanEnd | undefined): LogMeta {
    const { id, bootId, open } = this.#options;
    return { id, bootId, cleanEnd, interrupted: this.#interrupted, open: open() };
  }
}
