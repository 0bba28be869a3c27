import { rmSync } from 'node:fs';
import { syncDirectorySync } from '../files/sync-directory.ts';
import type { LogId } from '../names/log-id.ts';
import { endHealedSegment, healSegment, measureClosedSegment, type UnsealedSegment } from './heal-segment.ts';
import { type LogPaths, plainSegmentPath } from './log.ts';
import { type LogMeta, writeLogMeta } from './log-meta.ts';
import { type Loss, loseSealed } from './lose-sealed.ts';
import { OpenSegment } from './open-segment.ts';
import type { Position } from './position.ts';
import type { Sealer } from './sealer.ts';
import { encodeSegmentHeader } from './segment-header.ts';
import type { LostSegments, SegmentRecord } from './segment-records.ts';
import { temporaryPath } from './temporary-file.ts';

/** Options of a {@link LogWriter}. */
export interface LogWriterOptions {
  readonly paths: LogPaths;
  /** Boot id of this machine. */
  readonly bootId: string;
  /** A segment is closed when it has reached this length, bytes. */
  readonly segmentBytes: number;
  readonly sealer: Sealer;
}

/** What a writer knows when it is opened; see {@link openLogWriter}. */
export interface LogWriterState {
  readonly id: LogId;
  readonly open: OpenSegment;
  /** Its last line is not ended; the next append does that. */
  readonly isTorn: boolean;
  /** When the open segment was begun, ms since 1970. */
  readonly openSinceMs: number;
  readonly interrupted: readonly number[];
  readonly sealed: ReadonlyMap<number, SegmentRecord>;
  readonly lost: readonly LostSegments[];
}

const DAY_MS = 86_400_000;
const NEWLINE = Buffer.from('\n');

/** The one writer of a node's log (invariant 1): appends lines, closes segments, takes back what the receiver kept for it. */
export class LogWriter implements AsyncDisposable {
  readonly id: LogId;
  readonly paths: LogPaths;
  readonly #options: LogWriterOptions;
  readonly #sealed: Map<number, SegmentRecord>;
  readonly #lost: LostSegments[];
  readonly #listeners = new Set<() => void>();
  /** Closed and not yet sealed. */
  readonly #closed = new Set<number>();
  #interrupted: readonly number[];
  #open: OpenSegment;
  #openSinceMs: number;
  #isTorn: boolean;
  /** The open segment has to be left, and that failed when it was last tried. */
  #isLeaving = false;
  #isClosed = false;
  /** The writing of `log.json` under way: one at a time. */
  #noting: Promise<void> = Promise.resolve();

  constructor(options: LogWriterOptions, state: LogWriterState) {
    this.#options = options;
    this.id = state.id;
    this.paths = options.paths;
    this.#open = state.open;
    this.#isTorn = state.isTorn;
    this.#openSinceMs = state.openSinceMs;
    this.#interrupted = state.interrupted;
    this.#sealed = new Map(state.sealed);
    this.#lost = [...state.lost];
  }

  /** Where the log ends. */
  get end(): Position {
    return { segment: this.#open.number, offset: this.#open.bytes };
  }

  /** Number of the oldest segment that is still here. */
  get oldest(): number {
    return Math.min(this.#open.number, ...this.#sealed.keys(), ...this.#closed, ...this.#interrupted);
  }

  /** The segment that is being written. */
  get openSegment(): OpenSegment {
    return this.#open;
  }

  /** The sealed segments that are still here, ascending. */
  get sealed(): ReadonlyMap<number, SegmentRecord> {
    return this.#sealed;
  }

  /** The segments that were sealed here and turned out to be damaged; they are sent to nobody. */
  get lost(): readonly LostSegments[] {
    return this.#lost;
  }

  /** Segments of which the receiver may hold more than this copy (invariant 2), ascending. */
  get interrupted(): readonly number[] {
    return this.#interrupted;
  }

  /** Calls `listener` after every append and whenever a segment has been sealed; returns how to stop that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Appends a line (without `\n`). Closes the segment first when it is full or its day, UTC, is over.
   *
   * @throws the system's error (`ENOSPC`, …): the line was not kept. A part of it may lie there; the next append ends it.
   */
  append(line: string, atMs: number): void {
    const isDayOver = Math.floor(atMs / DAY_MS) !== Math.floor(this.#openSinceMs / DAY_MS);
    const isFull = this.#open.bytes >= this.#options.segmentBytes;
    if (isFull || isDayOver || this.#isLeaving) this.closeSegment(atMs);
    const bytes = Buffer.from(`${this.#isTorn ? '\n' : ''}${line}\n`, 'utf8');
    const before = this.#open.bytes;
    try {
      this.#open.append([bytes]);
    } finally {
      const written = this.#open.bytes - before;
      if (written > 0) this.#isTorn = bytes[written - 1] !== NEWLINE[0];
      this.#notify();
    }
  }

  /**
   * Closes the open segment, hands it to the sealer and begins the next. Synchronous on purpose, although it syncs: it happens
   * once a day or every 64 MiB, and a line must not be appended in between.
   *
   * @throws the system's error; the segment then stays open, and every append tries again to close it.
   */
  closeSegment(atMs: number): void {
    const { number } = this.#open;
    const isInterrupted = this.#interrupted.includes(number);
    if (this.#isTorn && !isInterrupted) this.#open.append([NEWLINE]);
    this.#replaceOpen(atMs);
    if (!isInterrupted) this.resumeSealing(number);
    this.#notify();
  }

  /** Leaves the open segment as interrupted, because the receiver turned out to hold more of it, and begins the next. */
  async interruptSegment(atMs: number): Promise<void> {
    const { number } = this.#open;
    this.#interrupted = [...this.#interrupted, number];
    await this.#writeMeta(undefined);
    if (this.#open.number !== number) return;
    this.#replaceOpen(atMs);
    this.#notify();
  }

  /** Makes what has been appended so far durable. */
  async sync(): Promise<void> {
    await this.#open.sync();
  }

  /** Length and CRC-32 of every segment that is not sealed, ascending; the open one is the last. */
  async unsealed(): Promise<readonly UnsealedSegment[]> {
    const measured = this.#interrupted.map((number) => measureClosedSegment(this.paths, number));
    const interrupted = await Promise.all(measured);
    return [...interrupted, { segment: this.#open.number, bytes: this.#open.bytes, crc: this.#open.crc }];
  }

  /** Adds to an interrupted segment what the receiver kept of it and this copy lost. */
  async heal(number: number, offset: number, bytes: Uint8Array): Promise<void> {
    this.#assertInterrupted(number);
    await healSegment(this.paths, number, offset, bytes);
  }

  /** Declares an interrupted segment complete, since nobody has more of it, and hands it to the sealer. */
  async endInterrupted(number: number): Promise<void> {
    this.#assertInterrupted(number);
    await endHealedSegment(this.paths, number);
    this.#interrupted = this.#interrupted.filter((other) => other !== number);
    await this.#writeMeta(undefined);
    this.resumeSealing(number);
  }

  /** Hands a closed segment to the sealer; also one whose sealing a stop interrupted. */
  resumeSealing(number: number): void {
    this.#closed.add(number);
    const onSealed = (record: SegmentRecord) => {
      this.#closed.delete(number);
      this.#sealed.set(number, record);
      this.#notify();
    };
    this.#options.sealer.enqueue({ paths: this.paths, number, onSealed });
  }

  /** Forgets a sealed segment that retention has dropped. */
  forget(number: number): void {
    this.#sealed.delete(number);
  }

  /**
   * Gives up a sealed segment that cannot be read: whoever follows goes on behind it. Its file is set aside, never deleted.
   *
   * @throws the system's error when that could not be recorded; it is given up until the log is opened again all the same
   */
  async lose(loss: Loss): Promise<LostSegments> {
    const { number: from, reason, atMs } = loss;
    const record = this.#sealed.get(from);
    if (record === undefined) throw new Error(`segment ${from} is not sealed`);
    const lost: LostSegments = { from, to: from, reason, atMs, record };
    const index = this.#lost.push(lost) - 1;
    this.#sealed.delete(from);
    const known = { ...lost, aside: await loseSealed(this.paths, loss) };
    this.#lost[index] = known;
    return known;
  }

  /** Ends the log for now: durable, with the clean end noted, so that the next boot may go on in the same segment. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listeners.clear();
    try {
      await this.#open.syncFile();
      await this.#writeMeta({ segment: this.#open.number, bytes: this.#open.bytes });
    } finally {
      this.#open.close();
    }
  }

  #replaceOpen(atMs: number): void {
    const old = this.#open;
    this.#isLeaving = true;
    this.#open = beginSegment(this.#options, this.id, old.number + 1, atMs, old);
    this.#isLeaving = false;
    this.#isTorn = false;
    this.#openSinceMs = atMs;
    old.close();
  }

  #assertInterrupted(number: number): void {
    if (!this.#interrupted.includes(number)) throw new Error(`segment ${number} is not interrupted`);
  }

  async #writeMeta(cleanEnd: LogMeta['cleanEnd']): Promise<void> {
    const meta = { id: this.id, bootId: this.#options.bootId, cleanEnd, interrupted: this.#interrupted };
    const noting = this.#noting.catch(() => undefined).then(() => writeLogMeta(this.paths, meta));
    this.#noting = noting;
    await noting;
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

/**
 * Begins a new segment, durable before anything of it can leave the machine (invariant 3), and moves the file of the one before it,
 * `old`, out of its way. The new file gets its name last: what bears the open segment's name always has a whole first line,
 * and a full disk is met while nothing has been moved yet. Failing, it can be tried again.
 */
export function beginSegment(
  options: LogWriterOptions,
  id: LogId,
  number: number,
  atMs: number,
  old?: OpenSegment,
): OpenSegment {
  const { paths, bootId } = options;
  const temporary = temporaryPath(plainSegmentPath(paths, number));
  const segment = new OpenSegment(temporary, number, { bytes: 0, crc: 0 });
  try {
    const header = { log: id, node: paths.node, segment: number, bootId, atMs };
    segment.append([Buffer.from(encodeSegmentHeader(header))]);
    segment.syncFileSync();
    old?.syncFileSync();
    old?.moveTo(plainSegmentPath(paths, old.number));
    segment.moveTo(paths.open);
    syncDirectorySync(paths.root);
    syncDirectorySync(paths.directory);
    return segment;
  } catch (error) {
    segment.close();
    rmSync(segment.path, { force: true });
    throw error;
  }
}
