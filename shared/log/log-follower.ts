import { rename, rm } from 'node:fs/promises';
import { syncDirectory } from '../files/sync-directory.ts';
import { asidePath } from './aside-path.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { CheckpointPace } from './checkpoint-pace.ts';
import type { FileChange, FileFault } from './file-change.ts';
import { crcOfPrefix, importSealed } from './import-sealed.ts';
import { type LogPaths, plainSegmentPath } from './log.ts';
import { OpenSegment } from './open-segment.ts';
import type { Position } from './position.ts';
import { type LogFollowerOptions, recoverFollower } from './recover-follower.ts';
import { restoreOpen } from './restore-open.ts';
import { digestPlain, readTimes } from './seal-segment.ts';
import { recordLost, recordSealed, type SegmentRecord } from './segment-records.ts';

export type { LogFollowerOptions } from './recover-follower.ts';

/** What {@link LogFollower.adoptSealed} did. */
export interface Adoption {
  /** Written, bytes; 0 when the segment was here already, sound. */
  readonly bytes: number;
  /** Where the partial segment lies that was no prefix of the one adopted. */
  readonly aside: string | undefined;
}

/**
 * A copy that follows its writer: the receiver's live log, and the mirror. It holds a prefix of the log, knows how far it
 * is, and takes what comes next. Not for two users of one copy at the same time, nor for overlapping calls of its asynchronous
 * methods, {@link sync} excepted.
 */
export class LogFollower implements AsyncDisposable {
  readonly #options: LogFollowerOptions;
  #open: OpenSegment | undefined;
  #next: number | undefined;
  readonly #pace: CheckpointPace;
  /** The open segment, once the directory entry of its file is known to be on the disk. */
  #durableEntry: OpenSegment | undefined;
  /** The checkpoint being written; one at a time, so that an older one never comes last. */
  #checkpointing: Promise<void> = Promise.resolve();
  #isDisposed = false;
  /** A sync has failed: what came after the last good one may not be on the disk, whatever later syncs say. */
  #hasFailed = false;

  constructor(options: LogFollowerOptions, open: OpenSegment | undefined, next: number | undefined) {
    this.#options = options;
    this.#open = open;
    this.#next = next;
    this.#pace = new CheckpointPace(open?.bytes ?? 0, options.checkpointMs);
  }

  /** Where this copy ends; undefined while it holds nothing at all. */
  get end(): Position | undefined {
    if (this.#open !== undefined) return { segment: this.#open.number, offset: this.#open.bytes };
    return this.#next === undefined ? undefined : { segment: this.#next, offset: 0 };
  }

  /** Up to where this copy is known to be on the disk. */
  get syncedEnd(): Position | undefined {
    const segment = this.#open;
    if (segment === undefined) return this.end;
    return { segment: segment.number, offset: this.#durableEntry === segment ? segment.syncedBytes : 0 };
  }

  /** What is wrong with the file of the open segment; undefined when it is there as it was written. Costs a call of the system. */
  fault(): FileFault | undefined {
    return this.#open?.fault();
  }

  /**
   * Puts the file of the open segment back when something else has changed it (invariant 11). The copy may end earlier than before then: the rest
   * is to be asked for again. Undefined when nothing is wrong.
   */
  async restoreFile(): Promise<FileChange | undefined> {
    const segment = this.#open;
    const fault = segment?.fault();
    if (segment === undefined || fault === undefined) return undefined;
    await this.#checkpointing;
    const { paths, id, bootId } = this.#options;
    const meta = { id, bootId, cleanEnd: undefined, interrupted: [] };
    const restored = await restoreOpen(paths, segment, fault, meta);
    this.#open = restored.segment;
    this.#next = segment.number;
    this.#durableEntry = undefined;
    return restored.change;
  }

  /** CRC-32 of the first `offset` bytes of the segment this copy is in. */
  async crcAt(offset: number): Promise<number> {
    return offset === 0 || this.#open === undefined ? 0 : await this.#open.crcAt(offset);
  }

  /**
   * Lets this copy go on at the beginning of `segment`. A segment that is open is closed as short.
   *
   * @param why `short`: the node said that it does not have the rest either; `partial`: another copy may have it
   */
  async beginAt(segment: number, why: 'short' | 'partial' = 'short'): Promise<void> {
    if (this.#open !== undefined) {
      if (segment <= this.#open.number)
        throw new Error(`this copy is in segment ${this.#open.number} already`);
      await this.#closeShort(this.#open, why === 'partial');
    }
    this.#next = segment;
  }

  /**
   * Appends bytes at the end. The caller has checked that they continue there.
   *
   * @param crc CRC-32 of all chunks together, if it is known already
   * @throws the system's error; what was written of the bytes counts, see {@link end}.
   */
  append(chunks: readonly Uint8Array[], crc?: number): void {
    if (this.#isDisposed) throw new Error('this copy has been closed');
    this.#open ??= this.#openNext();
    this.#open.append(chunks, crc);
  }

  /**
   * As {@link beginAt}, and records what this copy has nothing of as lost: nobody has to look for it again.
   *
   * @param atMs now, ms since 1970
   */
  async passOver(segment: number, reason: string, atMs: number): Promise<void> {
    const end = this.end?.segment ?? segment;
    const from = this.#open === undefined ? end : end + 1;
    await this.beginAt(segment);
    if (from < segment) await recordLost(this.#options.paths, { from, to: segment - 1, reason, atMs });
  }

  /** Makes durable what has been appended before the call; returns how far that is. */
  async sync(): Promise<Position | undefined> {
    const segment = this.#open;
    if (segment === undefined) return this.end;
    const offset = await this.#remembering(() => segment.sync());
    if (this.#durableEntry !== segment) {
      await syncDirectory(this.#options.paths.root);
      // Meanwhile the segment may have been closed and the next begun: that one's entry is not meant.
      if (this.#open === segment) this.#durableEntry = segment;
    }
    this.#rememberCheckpoint(segment);
    return { segment: segment.number, offset };
  }

  /**
   * Closes the open segment as the writer did. Afterwards the copy ends at the beginning of the next segment, durably.
   * `differs` when length or SHA-256 are not the writer's; the segment then stays open.
   */
  async seal(segment: number, bytes: number, sha256: string): Promise<'sealed' | 'differs'> {
    const found = this.#open;
    if (found === undefined || found.number !== segment || found.bytes !== bytes) return 'differs';
    const digest = await digestPlain(found.path);
    if (digest.bytes !== bytes || digest.sha256 !== sha256) return 'differs';
    await this.#close(found, { sha256, isShort: false });
    return 'sealed';
  }

  /** Moves the open segment's file out of the way under a name that says why, and begins it anew (invariant 8). */
  async setAside(reason: string): Promise<string | undefined> {
    const segment = this.#open;
    if (segment === undefined) return undefined;
    const { paths } = this.#options;
    const target = asidePath(paths, segment.number, reason);
    await this.#letGo(segment);
    this.#next = segment.number;
    await rename(segment.path, target);
    await syncDirectory(paths.directory);
    await syncDirectory(paths.root);
    return target;
  }

  /**
   * Takes over a sealed segment from another copy of this log as it lies there, compressed: the next one, the one that is open here
   * (what there is of it must be a prefix, else it is set aside), or an earlier one that was lost or is damaged.
   *
   * @throws UserError `LOG_DAMAGED` when what `source` has is not what `record` says.
   */
  async adoptSealed(source: LogPaths, record: SegmentRecord, signal?: AbortSignal): Promise<Adoption> {
    const { paths } = this.#options;
    const { number } = record;
    const next = this.end?.segment ?? number;
    if (number > next) throw new Error(`segment ${next} comes first, not ${number}`);
    const open = this.#open;
    const isDifferent =
      open?.number === number && (await crcOfPrefix(source, number, open.bytes, signal)) !== open.crc;
    const aside = isDifferent ? await this.setAside('differs') : undefined;
    const bytes = await importSealed(source, paths, record, signal);
    if (number < next) return { bytes, aside };
    if (this.#open !== undefined) {
      await rm(this.#open.path);
      await this.#letGo(this.#open);
      await syncDirectory(paths.root);
    }
    this.#next = number + 1;
    return { bytes, aside };
  }

  /** Makes everything durable and closes the files; after a failed sync, cuts off what may not be on the disk. May be called twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    const segment = this.#open;
    if (segment === undefined) return;
    this.#open = undefined;
    this.#next = segment.number;
    try {
      if (this.#hasFailed) return;
      await this.#remembering(() => segment.sync());
      await this.#writeCheckpoint(segment);
    } finally {
      if (this.#hasFailed) await this.#forgetUnsynced(segment);
      segment.close();
    }
  }

  async #remembering<T>(sync: () => Promise<T>): Promise<T> {
    try {
      return await sync();
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  /** What is not known to be on the disk is fetched again by who opens this copy next. */
  async #forgetUnsynced(segment: OpenSegment): Promise<void> {
    await this.#checkpointing;
    await rm(this.#options.paths.checkpoint, { force: true });
    segment.cutToSynced();
  }

  /** Stops appending to a segment; its checkpoint no longer means anything. */
  async #letGo(segment: OpenSegment): Promise<void> {
    segment.close();
    this.#open = undefined;
    await this.#checkpointing;
    await rm(this.#options.paths.checkpoint, { force: true });
  }

  #openNext(): OpenSegment {
    if (this.#next === undefined) throw new Error('an empty copy has to be told where it begins');
    this.#pace.restart();
    return new OpenSegment(this.#options.paths.open, this.#next, { bytes: 0, crc: 0 });
  }

  async #closeShort(segment: OpenSegment, isPartial: boolean): Promise<void> {
    const { sha256 } = await digestPlain(segment.path, segment.bytes);
    await this.#close(segment, { sha256, isShort: true, ...(isPartial ? { isPartial } : {}) });
  }

  async #close(
    segment: OpenSegment,
    known: Pick<SegmentRecord, 'sha256' | 'isShort' | 'isPartial'>,
  ): Promise<void> {
    const { paths, sealer } = this.#options;
    await this.#remembering(() => segment.syncFile());
    const times = await readTimes(segment.path);
    const record = { number: segment.number, bytes: segment.bytes, ...known, ...times };
    // The record goes first: found beside an open segment of that number, it tells that only the renaming was missed.
    await recordSealed(paths, record);
    segment.moveTo(plainSegmentPath(paths, segment.number));
    await this.#letGo(segment);
    this.#next = segment.number + 1;
    await syncDirectory(paths.root);
    await syncDirectory(paths.directory);
    sealer.enqueue({ paths, number: record.number, expected: record });
  }

  #rememberCheckpoint(segment: OpenSegment): void {
    // A sync may end when its segment has been closed already.
    if (segment !== this.#open || !this.#pace.isDue(segment.bytes)) return;
    void this.#writeCheckpoint(segment);
  }

  async #writeCheckpoint(segment: OpenSegment): Promise<void> {
    const { paths, bootId } = this.#options;
    const { number, bytes: offset, crc } = segment;
    const checkpoint = { segment: number, offset, crc, bootId, ...segment.identity() };
    this.#checkpointing = this.#checkpointing.then(() => writeCheckpoint(paths, checkpoint));
    await this.#checkpointing;
  }
}

/**
 * Opens the copy of a log that follows it, or makes an empty one: finishes what a kill interrupted, and after a power cut cuts the
 * open segment back to what is sound (invariants 5 and 7).
 *
 * @throws Error when what lies there is a copy of another log; UserError `LOG_DAMAGED` when `log.json` cannot be read.
 */
export async function openLogFollower(options: LogFollowerOptions): Promise<LogFollower> {
  const { open, next } = await recoverFollower(options);
  return new LogFollower(options, open, next);
}
