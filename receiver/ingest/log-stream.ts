import { combineCrc32 } from '../../shared/checksum/combine-crc32.ts';
import { logPaths } from '../../shared/log/log.ts';
import type { LogFollower } from '../../shared/log/log-follower.ts';
import { writeLogMeta } from '../../shared/log/log-meta.ts';
import { hasMeta } from '../../shared/log/own-meta.ts';
import { comparePositions, type Position } from '../../shared/log/position.ts';
import { readSegment } from '../../shared/log/read-log.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { Frame } from '../../shared/protocol/decoder.ts';
import type { Hello } from '../../shared/protocol/messages.ts';
import { MAX_PAYLOAD_BYTES } from '../../shared/protocol/protocol.ts';
import type { Committable } from './committer.ts';
import type { IngestProblem } from './messages.ts';
import { type CommonPart, type OpenCopySettings, openCopy, welcomeAt } from './open-copy.ts';

/** Where to go on, as WELCOME says it. */
export interface ResumePoint {
  readonly at: Position;
  readonly crc: number;
  /** See `OpenedCopy`. */
  readonly common?: CommonPart | undefined;
}

/** What a stream tells its session. */
export interface StreamEvents {
  /** Everything before the position is on the disk. */
  readonly acknowledge: (position: Position) => void;
  /** There are bytes to be synced. */
  readonly dirty: () => void;
  /** Bytes could not be written or synced; nothing of them has been acknowledged. */
  readonly failed: (error: unknown) => void;
  /** The file of the copy was changed by something else: see {@link LogStream.restoreFile}. */
  readonly changed: () => void;
  /** The administrator has to know. */
  readonly problem: (problem: IngestProblem) => void;
}

/**
 * The log of one connected node, coming in: what has been checked and decoded is appended to the node's copy, synced when the
 * committer says so, and acknowledged. Its asynchronous methods, {@link commit} excepted, are not to overlap.
 */
export class LogStream implements Committable, AsyncDisposable {
  readonly #node: NodeName;
  readonly #log: LogId;
  /** How much the node said that it has of its segments that are not sealed, bytes. */
  readonly #declared: ReadonlyMap<number, number>;
  /** Where the copy ended before the node sent anything. */
  readonly #opened: Position;
  readonly #settings: OpenCopySettings;
  readonly #follower: LogFollower;
  readonly #events: StreamEvents;
  /** Payloads of the chunk that is being decoded, appended together. They lie in memory that the next chunk overwrites. */
  #gathered: Buffer[] = [];
  /** CRC-32 of all of them, where the frames say it. */
  #gatheredCrc: number | undefined = 0;
  /** Where the next DATA has to begin. */
  #segment = 0;
  #offset = 0;
  #acknowledged: Position;
  #unsyncedBytes = 0;
  #isHeldBack = false;
  /** WELCOME has been said again: what was already on its way is passed over until the first frame at the new position. */
  #isRestarting = false;
  #isFailed = false;
  #committing: Promise<void> | undefined;

  private constructor(
    { node, log, open }: Hello,
    settings: OpenCopySettings,
    follower: LogFollower,
    at: Position,
    events: StreamEvents,
  ) {
    this.#node = node;
    this.#log = log;
    this.#declared = new Map(open.map(({ segment, bytes }) => [segment, bytes]));
    this.#settings = settings;
    this.#follower = follower;
    this.#events = events;
    this.#acknowledged = at;
    this.#opened = at;
    this.#goOnAt(at);
  }

  /** Opens the node's copy; the stream comes with the point from which the sender shall go on. */
  static async open(
    hello: Hello,
    settings: OpenCopySettings,
    events: StreamEvents,
  ): Promise<{ readonly stream: LogStream; readonly resume: ResumePoint }> {
    const { follower, at, crc, common, problems } = await openCopy(hello, settings);
    for (const problem of problems) events.problem(problem);
    return { stream: new LogStream(hello, settings, follower, at, events), resume: { at, crc, common } };
  }

  /** Up to where the log is durable here. */
  get acknowledged(): Position {
    return this.#acknowledged;
  }

  /** What there is to sync, bytes; 0 while something else is going on with the file. */
  get unsyncedBytes(): number {
    return this.#isHeldBack || this.#isFailed ? 0 : this.#unsyncedBytes;
  }

  /** Takes the payload of a DATA frame; `false` when it does not continue what is here. */
  gather({ segment, offset, payloadBytes, payloadCrc, parts }: Frame): boolean {
    if (segment !== this.#segment || offset !== this.#offset) return this.#isRestarting;
    this.#isRestarting = false;
    for (const part of parts) this.#gathered.push(part);
    this.#gatheredCrc =
      this.#gatheredCrc === undefined || payloadCrc === undefined
        ? undefined
        : combineCrc32(this.#gatheredCrc, payloadCrc, payloadBytes);
    this.#offset += payloadBytes;
    return true;
  }

  /** Whether what has come, gathered or appended, ends at a position; always, while what is on its way is passed over. */
  isAt(segment: number, offset: number): boolean {
    return this.#isRestarting || (segment === this.#segment && offset === this.#offset);
  }

  /**
   * Appends what has been gathered. To be called before the chunk that it came with is given back, and before anything else is done
   * with the log.
   */
  append(): void {
    const [chunks, crc] = [this.#gathered, this.#gatheredCrc];
    if (chunks.length === 0) return;
    this.#dropGathered();
    if (this.#isFailed) return;
    try {
      this.#follower.append(chunks, crc);
    } catch (error) {
      this.#fail(error);
      return;
    }
    for (const chunk of chunks) this.#unsyncedBytes += chunk.length;
    this.#events.dirty();
  }

  /** Syncs what has been appended and acknowledges it; never rejects. */
  async commit(): Promise<void> {
    if (this.unsyncedBytes === 0) return;
    this.#committing = this.#sync();
    await this.#committing;
    this.#committing = undefined;
  }

  /** Closes the segment as the sender did; a new resume point when the copy turned out to be no copy. */
  async seal(segment: number, bytes: number, sha256: string): Promise<ResumePoint | undefined> {
    if (this.#isRestarting) return undefined;
    return await this.#alone(async () => {
      const result = await this.#follower.seal(segment, bytes, sha256);
      if (result === 'differs') return await this.#beginAgain('differs');
      const end = { segment: segment + 1, offset: 0 };
      this.#goOnAt(end);
      this.#advance(end);
      return undefined;
    });
  }

  /**
   * The sender says that the common prefix differs: the file is set aside and the segment fetched again, unless the sender has less of it. Then
   * the segment ends here as it is.
   */
  async differs(segment: number): Promise<ResumePoint | undefined> {
    if (segment !== this.#segment) return undefined;
    const [bytes, nodeBytes] = [this.#offset, this.#declared.get(segment) ?? Number.POSITIVE_INFINITY];
    // Who has sent on top of what was here, has as much.
    if (segment !== this.#opened.segment || nodeBytes >= this.#opened.offset)
      return await this.#alone(async () => await this.#beginAgain('differs'));
    this.#events.problem({ kind: 'forked', segment, bytes, nodeBytes });
    return await this.#alone(async () => {
      await this.#follower.beginAt(segment + 1);
      return await this.#goOnFromHere();
    });
  }

  /** Whether something else has changed the file of the copy. */
  get isChanged(): boolean {
    return !this.#isHeldBack && !this.#isFailed && this.#follower.fault() !== undefined;
  }

  /** Puts the file of the copy back where something else has changed it; a new resume point when a part of it has to be sent again. */
  async restoreFile(): Promise<ResumePoint | undefined> {
    return await this.#alone(async () => {
      const change = await this.#follower.restoreFile();
      if (change === undefined) return undefined;
      this.#events.problem({ kind: 'copy_changed', ...change });
      return change.keptBytes === change.writtenBytes ? undefined : await this.#goOnFromHere();
    });
  }

  /** Whether `log.json` is there; something may have deleted the directory. Costs a call of the system. */
  get hasMeta(): boolean {
    return this.#isHeldBack || this.#isFailed || hasMeta(logPaths(this.#settings.logsRoot, this.#node));
  }

  /** Writes `log.json` again, and makes the directory that it lies in. */
  async mendMeta(): Promise<void> {
    const meta = { id: this.#log, bootId: this.#settings.bootId, cleanEnd: undefined, interrupted: [] };
    await this.#alone(async () => await writeLogMeta(logPaths(this.#settings.logsRoot, this.#node), meta));
    this.#events.problem({ kind: 'directory_gone' });
  }

  /** What this copy holds of a segment from `offset` on, in parts that fit into a frame. */
  async *heal(
    segment: number,
    offset: number,
  ): AsyncGenerator<{ readonly offset: number; readonly bytes: Buffer }> {
    const paths = logPaths(this.#settings.logsRoot, this.#node);
    for await (const chunk of readSegment(paths, segment, offset)) {
      for (let at = 0; at < chunk.bytes.length; at += MAX_PAYLOAD_BYTES) {
        yield { offset: chunk.offset + at, bytes: chunk.bytes.subarray(at, at + MAX_PAYLOAD_BYTES) };
      }
    }
  }

  /** Syncs and closes the copy. What is gathered and not appended is dropped: the memory that it lies in may be another's by now. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#dropGathered();
    await this.commit();
    this.#isHeldBack = true;
    await this.#committing;
    await this.#follower[Symbol.asyncDispose]();
  }

  /** Keeps the committer away while the file is closed, moved or read back. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    await this.#committing;
    this.#isHeldBack = true;
    try {
      return await work();
    } finally {
      this.#isHeldBack = false;
      if (this.#unsyncedBytes > 0) this.#events.dirty();
    }
  }

  async #beginAgain(reason: string): Promise<ResumePoint> {
    const path = await this.#follower.setAside(reason);
    if (path !== undefined)
      this.#events.problem({ kind: 'set_aside', segment: this.#segment, asidePath: path });
    return await this.#goOnFromHere();
  }

  /** Where the copy ends now; what was on its way is passed over. */
  async #goOnFromHere(): Promise<ResumePoint> {
    this.#dropGathered();
    this.#unsyncedBytes = 0;
    this.#isRestarting = true;
    const resume = await welcomeAt(this.#follower);
    this.#acknowledged = resume.at;
    this.#goOnAt(resume.at);
    return resume;
  }

  #dropGathered(): void {
    this.#gathered = [];
    this.#gatheredCrc = 0;
  }

  async #sync(): Promise<void> {
    const bytes = this.#unsyncedBytes;
    try {
      const end = await this.#follower.sync();
      // What is not in the file at its path is acknowledged by nobody.
      if (this.isChanged) {
        this.#events.changed();
        return;
      }
      this.#unsyncedBytes -= bytes;
      if (end !== undefined) this.#advance(end);
    } catch (error) {
      this.#fail(error);
    }
  }

  #advance(position: Position): void {
    if (position.segment !== this.#acknowledged.segment) this.#unsyncedBytes = 0;
    if (comparePositions(position, this.#acknowledged) <= 0) return;
    this.#acknowledged = position;
    this.#events.acknowledge(position);
  }

  #goOnAt(position: Position): void {
    this.#segment = position.segment;
    this.#offset = position.offset;
  }

  #fail(error: unknown): void {
    if (this.#isFailed) return;
    // After a failed fdatasync the kernel may have forgotten the dirty pages, so nothing may be acknowledged on this descriptor any more.
    this.#isFailed = true;
    this.#events.failed(error);
  }
}
