import type { LogId } from '../names/log-id.ts';
import { beginSegment } from './begin-segment.ts';
import type { FileFault, FileNews } from './file-change.ts';
import { FileNewsDesk } from './file-news.ts';
import { giveWay } from './give-way.ts';
import { healSegment, type UnsealedSegment } from './heal-segment.ts';
import type { LogPaths } from './log.ts';
import { LogNotes } from './log-notes.ts';
import type { LogWriterOptions, LogWriterState } from './log-writer-state.ts';
import { type Loss, loseSealed } from './lose-sealed.ts';
import type { OpenSegment } from './open-segment.ts';
import type { Position } from './position.ts';
import { leaveOpen } from './rescue-open.ts';
import type { LostSegments, SegmentRecord } from './segment-records.ts';

export type { LogWriterOptions, LogWriterState } from './log-writer-state.ts';

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
  #open: OpenSegment;
  #openSinceMs: number;
  #isTorn: boolean;
  /** The open segment has to be left, and that failed when it was last tried. */
  #isLeaving = false;
  #isClosed = false;
  /** When the newest line was written, ms since 1970. */
  #writtenAtMs: number;
  readonly #news: FileNewsDesk;
  readonly #notes: LogNotes;

  constructor(options: LogWriterOptions, state: LogWriterState) {
    this.#options = options;
    this.id = state.id;
    this.paths = options.paths;
    this.#open = state.open;
    this.#isTorn = state.isTorn;
    this.#openSinceMs = state.openSinceMs;
    this.#notes = new LogNotes({ ...options, ...state, open: () => this.#open.number });
    this.#sealed = new Map(state.sealed);
    this.#lost = [...state.lost];
    this.#writtenAtMs = state.openSinceMs;
    this.#news = new FileNewsDesk(state.news);
  }

  /** Where the log ends. */
  get end(): Position {
    return { segment: this.#open.number, offset: this.#open.bytes };
  }

  /** Number of the oldest segment that is still here. */
  get oldest(): number {
    return Math.min(this.#open.number, ...this.#sealed.keys(), ...this.#closed, ...this.interrupted);
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
    return this.#notes.interrupted;
  }

  /** Calls `listener` after every append and whenever a segment has been sealed; returns how to stop that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells `listener` of all that somebody else did to the files of this log, and of what had been found before. For one listener. */
  onFileNews(listener: (news: FileNews) => void): void {
    this.#news.connect(listener);
  }

  /**
   * Appends a line (without `\n`). Closes the segment first when it is full or its day, UTC, is over.
   *
   * @throws the system's error (`ENOSPC`, …): the line was not kept. A part of it may lie there; the next append ends it.
   */
  append(line: string, atMs: number): void {
    this.#writtenAtMs = atMs;
    this.#leaveChanged();
    const isDayOver = Math.floor(atMs / DAY_MS) !== Math.floor(this.#openSinceMs / DAY_MS);
    const isFull = this.#open.bytes >= this.#options.segmentBytes;
    if (isFull || isDayOver || this.#isLeaving) this.closeSegment(atMs);
    const bytes = Buffer.from(`${this.#isTorn ? '\n' : ''}${line}\n`, 'utf8');
    const before = this.#open.bytes;
    try {
      this.#open.append([bytes]);
    } finally {
      const last = bytes[this.#open.bytes - before - 1];
      if (last !== undefined) this.#isTorn = last !== NEWLINE[0];
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
    if (this.#leaveChanged()) return;
    const { number } = this.#open;
    const isInterrupted = this.interrupted.includes(number);
    if (this.#isTorn && !isInterrupted) this.#open.append([NEWLINE]);
    const { crc } = this.#open;
    this.#replaceOpen(atMs, true);
    if (!isInterrupted) this.resumeSealing(number, crc);
    this.#notify();
  }

  /** Leaves the open segment as interrupted, because the receiver turned out to hold more of it, and begins the next. */
  async interruptSegment(atMs: number): Promise<void> {
    if (this.#leaveChanged()) return;
    const { number } = this.#open;
    await this.#notes.add(number);
    if (this.#open.number !== number) return;
    this.#replaceOpen(atMs, true);
    this.#notify();
  }

  /** Makes what has been appended so far durable. */
  async sync(): Promise<void> {
    this.#leaveChanged();
    const segment = this.#open;
    await segment.sync();
    if (this.#open === segment) await this.#notes.noteCheckpoint(segment);
  }

  /**
   * Whether this copy can prove the first `bytes` of a segment to be what was written: by what is recorded of one that is sealed, by the sums
   * of what was appended to the open one. Reads all of that; where its file holds something else, that is noted.
   */
  async isProven(number: number, bytes: number): Promise<boolean> {
    const segment = this.#open;
    if (number !== segment.number) return this.#sealed.has(number);
    if (await segment.isAsWritten()) return segment.isProven || bytes <= segment.provenBytes;
    if (this.#open === segment) this.#leave('altered');
    return false;
  }

  /**
   * Gives up this copy of a segment, since the receiver holds other bytes of it and this copy cannot prove its own: sets its file aside and
   * leaves the segment as interrupted, to be healed from its beginning.
   */
  async giveWay(number: number): Promise<void> {
    if (this.#closed.has(number)) throw new Error(`segment ${number} is just being sealed`);
    if (number === this.#open.number) await this.interruptSegment(this.#writtenAtMs);
    await this.#notes.add(number);
    const record = this.#sealed.get(number);
    this.#sealed.delete(number);
    const change = await giveWay(this.paths, number);
    this.#news.changed({ ...change, writtenBytes: record?.bytes ?? change.writtenBytes });
    this.#notify();
  }

  /** Length and CRC-32 of every segment that is not sealed, ascending; the open one is the last. */
  async unsealed(): Promise<readonly UnsealedSegment[]> {
    return [
      ...(await this.#notes.measure()),
      { segment: this.#open.number, bytes: this.#open.bytes, crc: this.#open.crc },
    ];
  }

  /** Adds to an interrupted segment what the receiver kept of it and this copy lost. */
  async heal(number: number, offset: number, bytes: Uint8Array): Promise<void> {
    this.#notes.assertInterrupted(number);
    await healSegment(this.paths, number, offset, bytes);
  }

  /** Declares an interrupted segment complete, since nobody has more of it, and hands it to the sealer. */
  async endInterrupted(number: number): Promise<void> {
    const { bytes, lastLineMs: sinceMs } = await this.#notes.end(number, this.#writtenAtMs);
    this.resumeSealing(number);
    this.#news.ended(number, bytes, sinceMs);
  }

  /** Hands a closed segment to the sealer; also one whose sealing a stop interrupted. @param crc CRC-32 of what was written, if known */
  resumeSealing(number: number, crc?: number): void {
    this.#closed.add(number);
    const onAltered = () => this.#leaveAltered(number);
    const onSealed = (record: SegmentRecord) => {
      this.#closed.delete(number);
      this.#sealed.set(number, record);
      this.#notify();
    };
    this.#options.sealer.enqueue({ paths: this.paths, number, crc, onSealed, onAltered });
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
    const lost: LostSegments = { from, to: from, reason, atMs, record: this.#sealed.get(from) };
    if (lost.record === undefined) throw new Error(`segment ${from} is not sealed`);
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
      this.#leaveChanged();
      await this.#open.syncFile();
      const { number: segment, bytes, crc, isProven } = this.#open;
      await this.#notes.write({ segment, bytes, crc, isProven });
    } finally {
      this.#open.close();
    }
  }

  /** Begins the next segment. @param moves whether the file of the one before it moves out of its way */
  #replaceOpen(atMs: number, moves: boolean): void {
    const [old, { paths, bootId }] = [this.#open, this.#options];
    this.#isLeaving = true;
    const next = { paths, bootId, id: this.id, number: old.number + 1, atMs };
    this.#open = beginSegment(next, moves ? old : undefined);
    this.#isLeaving = false;
    this.#isTorn = false;
    this.#openSinceMs = atMs;
    old.close();
    this.#notes.tryWriteSync();
  }

  /** Leaves the open segment when its file is not what was written to it any more (invariant 11); returns whether it was so. */
  #leaveChanged(): boolean {
    const fault = this.#open.fault();
    if (fault !== undefined) this.#leave(fault);
    return fault !== undefined;
  }

  #leave(fault: FileFault): void {
    const old = this.#open;
    const { number, crc } = old;
    const isTorn = this.#isTorn;
    const mayBeWhole = !this.interrupted.includes(number);
    const noteInterrupted = () => this.#notes.addSync(number);
    const { isWhole, change } = leaveOpen(this.paths, old, fault, { isTorn, mayBeWhole, noteInterrupted });
    this.#replaceOpen(this.#writtenAtMs, false);
    if (isWhole) this.resumeSealing(number, isTorn ? undefined : crc);
    this.#news.changed(change);
    this.#notify();
  }

  /** The file of a closed segment does not hold what was written: it is not sealed, and compared with the receiver's. */
  #leaveAltered(number: number): void {
    this.#closed.delete(number);
    void this.#notes.add(number).catch(() => undefined);
    const facts = { writtenBytes: 0, keptBytes: 0, aside: undefined };
    this.#news.changed({ segment: number, fault: 'altered', ...facts });
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
