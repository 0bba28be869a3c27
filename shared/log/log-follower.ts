import { mkdir, open, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors/errors.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { listSegments, readOpenHeader } from './list-segments.ts';
import { type LogId, type LogPaths, plainSegmentPath, segmentName } from './log.ts';
import { type LogMeta, readLogMeta, writeLogMeta } from './log-meta.ts';
import { OpenSegment } from './open-segment.ts';
import type { Position } from './position.ts';
import { crcOfFile, findSoundPrefix, type SoundPrefix } from './recover-tail.ts';
import { digestPlain, readTimes } from './seal-segment.ts';
import type { Sealer } from './sealer.ts';
import { readSegmentRecords, recordSealed } from './segment-records.ts';

/** Options of {@link openLogFollower}. */
export interface LogFollowerOptions {
  readonly paths: LogPaths;
  /** Id of the log that is followed. A copy of another log must have been archived before. */
  readonly id: LogId;
  /** Boot id of this machine. */
  readonly bootId: string;
  readonly sealer: Sealer;
}

/** How much of the open segment is read back at most before a new checkpoint is written, bytes. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024;

/**
 * A copy that follows its writer: the receiver's live log, and the mirror. It holds a prefix of the log, knows how far it
 * is, and takes what comes next. Not for two users of one copy at the same time, nor for overlapping calls of its asynchronous
 * methods, {@link sync} excepted.
 */
export class LogFollower implements AsyncDisposable {
  readonly #options: LogFollowerOptions;
  #open: OpenSegment | undefined;
  #next: number | undefined;
  #checkpointAt = 0;
  /** Whether the directory entry of the open segment's file is known to be on the disk. */
  #isEntryDurable: boolean;

  constructor(options: LogFollowerOptions, open: OpenSegment | undefined, next: number | undefined) {
    this.#options = options;
    this.#open = open;
    this.#next = next;
    this.#checkpointAt = open?.bytes ?? 0;
    this.#isEntryDurable = false;
  }

  /** Where this copy ends; undefined while it holds nothing at all. */
  get end(): Position | undefined {
    if (this.#open !== undefined) return { segment: this.#open.number, offset: this.#open.bytes };
    return this.#next === undefined ? undefined : { segment: this.#next, offset: 0 };
  }

  /** Up to where this copy is known to be on the disk. */
  get syncedEnd(): Position | undefined {
    if (this.#open !== undefined) return { segment: this.#open.number, offset: this.#open.syncedBytes };
    return this.end;
  }

  /** CRC-32 of the first `offset` bytes of the segment this copy is in. */
  async crcAt(offset: number): Promise<number> {
    return offset === 0 || this.#open === undefined ? 0 : await this.#open.crcAt(offset);
  }

  /** Lets an empty copy, or one that is in between two segments, go on at the beginning of `segment`. */
  async beginAt(segment: number): Promise<void> {
    if (this.#open !== undefined) await this.#closeShort(this.#open);
    this.#next = segment;
  }

  /**
   * Appends bytes at the end. The caller has checked that they continue there.
   *
   * @throws the system's error; what was written of the bytes counts, see {@link end}.
   */
  append(chunks: readonly Uint8Array[]): void {
    this.#open ??= this.#openNext();
    this.#open.append(chunks);
  }

  /** Makes durable what has been appended before the call; returns how far that is. */
  async sync(): Promise<Position | undefined> {
    const segment = this.#open;
    if (segment === undefined) return this.end;
    const offset = await segment.sync();
    if (!this.#isEntryDurable) {
      await syncDirectory(this.#options.paths.root);
      this.#isEntryDurable = true;
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
    await this.#close(found, sha256, false);
    return 'sealed';
  }

  /** Moves the open segment's file out of the way under a name that says why, and begins it anew (invariant 8). */
  async setAside(reason: string): Promise<string | undefined> {
    const segment = this.#open;
    if (segment === undefined) return undefined;
    const { paths } = this.#options;
    const stamp = new Date().toISOString().replaceAll(':', '');
    const target = join(paths.directory, `${segmentName(segment.number)}.${reason}-${stamp}.aside`);
    segment.close();
    this.#open = undefined;
    this.#next = segment.number;
    await rename(segment.path, target);
    await rm(paths.checkpoint, { force: true });
    await syncDirectory(paths.directory);
    await syncDirectory(paths.root);
    return target;
  }

  /** Makes everything durable and closes the files. May be called twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    const segment = this.#open;
    if (segment === undefined) return;
    this.#open = undefined;
    this.#next = segment.number;
    try {
      await segment.sync();
      await writeCheckpoint(this.#options.paths, this.#checkpointOf(segment));
    } finally {
      segment.close();
    }
  }

  #openNext(): OpenSegment {
    if (this.#next === undefined) throw new Error('an empty copy has to be told where it begins');
    this.#isEntryDurable = false;
    this.#checkpointAt = 0;
    return new OpenSegment(this.#options.paths.open, this.#next, { bytes: 0, crc: 0 });
  }

  async #closeShort(segment: OpenSegment): Promise<void> {
    const { sha256 } = await digestPlain(segment.path, segment.bytes);
    await this.#close(segment, sha256, true);
  }

  async #close(segment: OpenSegment, sha256: string, isShort: boolean): Promise<void> {
    const { paths, sealer } = this.#options;
    await segment.syncFile();
    const times = await readTimes(segment.path);
    const record = { number: segment.number, bytes: segment.bytes, sha256, ...times, isShort };
    // The record goes first: found beside an open segment of that number, it tells that only the renaming was missed.
    await recordSealed(paths, record);
    await rename(segment.path, plainSegmentPath(paths, segment.number));
    segment.close();
    this.#open = undefined;
    this.#next = segment.number + 1;
    await syncDirectory(paths.root);
    await syncDirectory(paths.directory);
    sealer.enqueue({ paths, number: record.number, expected: record });
  }

  #rememberCheckpoint(segment: OpenSegment): void {
    if (segment.bytes - this.#checkpointAt < CHECKPOINT_BYTES) return;
    this.#checkpointAt = segment.bytes;
    void writeCheckpoint(this.#options.paths, this.#checkpointOf(segment));
  }

  #checkpointOf(segment: OpenSegment) {
    return { segment: segment.number, offset: segment.bytes, crc: segment.crc, bootId: this.#options.bootId };
  }
}

/**
 * Opens the copy of a log that follows it, or makes an empty one: finishes what a kill interrupted, and after a power cut cuts the
 * open segment back to what is sound (invariants 5 and 7).
 *
 * @throws UserError `LOG_DAMAGED` when what lies there cannot be a copy of this log.
 */
export async function openLogFollower(options: LogFollowerOptions): Promise<LogFollower> {
  const { paths, id, bootId } = options;
  await mkdir(paths.directory, { recursive: true });
  const meta = await readLogMeta(paths);
  if (meta !== undefined && meta.id !== id) {
    throw new Error(
      `${paths.directory} is a copy of log ${meta.id}, not of ${id}: it has to be archived first`,
    );
  }
  const prefix = await findPrefix(paths, meta, bootId);
  if (meta?.bootId !== bootId) {
    await writeLogMeta(paths, { id, bootId, cleanEnd: undefined, interrupted: [] });
  }
  const { sealed, droppedTo } = await readSegmentRecords(paths);
  const closed = (await listSegments(paths)).filter(({ kind }) => kind !== 'open');
  const last = Math.max(droppedTo, 0, ...sealed.keys(), ...closed.map(({ number }) => number));
  for (const { number } of closed.filter(({ kind }) => kind === 'closed')) {
    options.sealer.enqueue({ paths, number, expected: sealed.get(number) });
  }
  return await takeUp(options, prefix, last);
}

/** Decides what the file of the open segment is: the next segment, one whose closing was interrupted, or nothing. */
async function takeUp(options: LogFollowerOptions, prefix: SoundPrefix, last: number): Promise<LogFollower> {
  const { paths, sealer } = options;
  const next = last === 0 ? undefined : last + 1;
  const number = (await readOpenHeader(paths))?.segment ?? next;
  if (prefix.bytes === 0 || number === undefined) {
    await rm(paths.open, { force: true });
    return new LogFollower(options, undefined, next);
  }
  const record = (await readSegmentRecords(paths)).sealed.get(number);
  if (record !== undefined) {
    await rename(paths.open, plainSegmentPath(paths, number));
    await syncDirectory(paths.root);
    await syncDirectory(paths.directory);
    sealer.enqueue({ paths, number, expected: record });
    return new LogFollower(options, undefined, last + 1);
  }
  return new LogFollower(options, new OpenSegment(paths.open, number, prefix), number);
}

/** Measures the open segment; after a power cut cuts it back to what is sound. */
async function findPrefix(paths: LogPaths, meta: LogMeta | undefined, bootId: string): Promise<SoundPrefix> {
  const size = await sizeOf(paths.open);
  if (size === 0) return { bytes: 0, crc: 0 };
  if (meta?.bootId === bootId) return { bytes: size, crc: await crcFromCheckpoint(paths, size, bootId) };
  const prefix = await findSoundPrefix(paths.open);
  if (prefix.bytes < size) await truncate(paths.open, prefix.bytes);
  return prefix;
}

async function crcFromCheckpoint(paths: LogPaths, size: number, bootId: string): Promise<number> {
  const checkpoint = await readCheckpoint(paths);
  const number = (await readOpenHeader(paths))?.segment;
  const isUsable =
    checkpoint?.bootId === bootId && checkpoint.segment === number && checkpoint.offset <= size;
  const file = await open(paths.open, 'r');
  try {
    return isUsable
      ? await crcOfFile(file, size, checkpoint.offset, checkpoint.crc)
      : await crcOfFile(file, size);
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
