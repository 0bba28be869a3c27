import { cp, mkdtemp, open, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogPaths } from '../../shared/log/log.ts';
import { LogCursor } from '../../shared/log/log-cursor.ts';
import { type LogFollower, openLogFollower } from '../../shared/log/log-follower.ts';
import type { LogWriter } from '../../shared/log/log-writer.ts';
import { openLogWriter } from '../../shared/log/open-log-writer.ts';
import { readSegment } from '../../shared/log/read-log.ts';
import { applyRetention } from '../../shared/log/retention.ts';
import type { Sealer } from '../../shared/log/sealer.ts';
import { appendSamples, contentOf, NOON_MS, pathsIn, rememberingSealer, sample } from '../helpers/logs.ts';

/** How a copy stops. */
export type Stop =
  | { readonly kind: 'clean' }
  /** `torn`: how much of one more line a kill left at the writer's end, bytes. */
  | { readonly kind: 'kill'; readonly torn: number }
  /** `keeps`: which part of what was not synced is still there, 0–1; the rest is missing or zeros. */
  | { readonly kind: 'power'; readonly keeps: number; readonly isZeroed: boolean };

const SEGMENT_BYTES = 900;

/** One machine with one copy of the log: its files, and how much of the open segment has certainly reached the disk. */
class Machine {
  paths: LogPaths;
  boot = 1;
  sealing = rememberingSealer();

  constructor(root: string) {
    this.paths = pathsIn(root);
  }

  get sealer(): Sealer {
    return this.sealing.sealer;
  }

  get bootId(): string {
    return `boot-${this.boot}`;
  }

  /** Goes on with a copy of the files as they are now: what a kill leaves, without any cleaning up. */
  async moveOn(): Promise<string> {
    await this.sealer.idle();
    const before = this.paths.root;
    const root = await newRoot();
    await cp(before, root, { recursive: true });
    this.paths = pathsIn(root);
    return before;
  }

  async losePower(synced: number, size: number, stop: Extract<Stop, { kind: 'power' }>): Promise<void> {
    this.boot++;
    if (size === 0) return;
    const keeps = synced + Math.floor((size - synced) * stop.keeps);
    await truncate(this.paths.open, keeps);
    if (stop.isZeroed) await truncate(this.paths.open, size);
  }
}

/** A writer and its follower, a network in between that a test moves by hand, and every way to stop either of them. */
export class FleetOfTwo implements AsyncDisposable {
  readonly #writing: Machine;
  readonly #following: Machine;
  writer: LogWriter;
  follower: LogFollower;
  #writerSynced = 0;
  #writerSegment = 0;
  #followerSynced = { segment: 0, offset: 0 };
  #cursor: LogCursor | undefined;
  #next = 0;

  private constructor(writing: Machine, following: Machine, writer: LogWriter, follower: LogFollower) {
    this.#writing = writing;
    this.#following = following;
    this.writer = writer;
    this.follower = follower;
  }

  static async start(): Promise<FleetOfTwo> {
    const [writing, following] = [new Machine(await newRoot()), new Machine(await newRoot())];
    const writer = await openWriter(writing);
    return new FleetOfTwo(writing, following, writer, await openFollower(following, writer));
  }

  get writerPaths(): LogPaths {
    return this.#writing.paths;
  }

  get followerPaths(): LogPaths {
    return this.#following.paths;
  }

  /** Everything that could not be sealed so far. */
  get failures(): readonly unknown[] {
    return [...this.#writing.sealing.failed, ...this.#following.sealing.failed];
  }

  append(count: number, size: number): void {
    appendSamples(this.writer, this.#next, this.#next + count, size);
    this.#next += count;
  }

  /** How many samples have been appended. */
  get appended(): number {
    return this.#next;
  }

  closeSegment(): void {
    this.writer.closeSegment(NOON_MS);
  }

  async syncWriter(): Promise<void> {
    await this.writer.sync();
    this.#noteWriter(this.writer.end.offset);
  }

  async acknowledge(): Promise<void> {
    const end = await this.follower.sync();
    if (end !== undefined) this.#followerSynced = end;
  }

  async idle(): Promise<void> {
    await this.#writing.sealer.idle();
    await this.#following.sealer.idle();
  }

  /** Drops at the writer what is sealed and acknowledged. */
  async drop(): Promise<void> {
    const limits = { maxBytes: 0 };
    const dropped = await applyRetention(this.writerPaths, limits, this.#followerSynced.segment, NOON_MS);
    for (const number of dropped) this.writer.forget(number);
  }

  async stopWriter(stop: Stop): Promise<void> {
    await this.disconnect();
    const { offset: size, segment } = this.writer.end;
    const noted = this.#writerSegment === segment ? this.#writerSynced : 0;
    // Its first line was durable before it got its name (invariant 3).
    const header = (await contentOf(this.writerPaths, segment)).indexOf('\n') + 1;
    const synced = Math.max(noted, header, this.writer.openSegment.syncedBytes);
    this.#noteWriter(synced);
    if (stop.kind === 'clean') {
      await this.writer[Symbol.asyncDispose]();
      this.#noteWriter(size);
    } else {
      const before = await this.#writing.moveOn();
      await this.writer[Symbol.asyncDispose]();
      await rm(before, { recursive: true });
      if (stop.kind === 'power') await this.#writing.losePower(synced, size, stop);
      // It may be torn just before its \n, and is a whole sample then: its number is taken.
      else await tear(this.writerPaths.open, sample(this.#next++).slice(0, stop.torn));
    }
    this.writer = await openWriter(this.#writing);
  }

  async stopFollower(stop: Stop): Promise<void> {
    await this.disconnect();
    const end = this.follower.end;
    const size = end?.offset ?? 0;
    const synced = this.#followerSynced.segment === end?.segment ? this.#followerSynced.offset : 0;
    if (stop.kind === 'clean') {
      await this.follower[Symbol.asyncDispose]();
      if (end !== undefined) this.#followerSynced = end;
    } else {
      const before = await this.#following.moveOn();
      await this.follower[Symbol.asyncDispose]();
      await rm(before, { recursive: true });
      if (stop.kind === 'power') await this.#following.losePower(synced, size, stop);
    }
    this.follower = await openFollower(this.#following, this.writer);
  }

  async disconnect(): Promise<void> {
    await this.#cursor?.[Symbol.asyncDispose]();
    this.#cursor = undefined;
  }

  /** Moves what the follower lacks, `steps` pieces of at most `maxBytes`; returns whether there is more. */
  async replay(steps: number, maxBytes: number): Promise<boolean> {
    this.#cursor ??= await this.#connect(maxBytes);
    for (let step = 0; step < steps; step++) {
      const next = this.#cursor.nextFresh() ?? (await this.#cursor.next());
      if (next.kind === 'end') return false;
      if (next.kind === 'lost') throw new Error(`segment ${next.segment} is lost`);
      if (next.kind === 'bytes') this.follower.append([next.bytes]);
      else {
        const { number, bytes, sha256 } = next.record;
        const result = await this.follower.seal(number, bytes, sha256);
        if (result !== 'sealed') throw new Error(`segment ${number} differs at the follower`);
      }
    }
    return true;
  }

  /** What HELLO and WELCOME do: the follower says how far it is, both prove the common prefix, the writer is healed. */
  async #connect(maxBytes: number): Promise<LogCursor> {
    const end = this.follower.end;
    if (end === undefined || end.segment < this.writer.oldest)
      await this.follower.beginAt(this.writer.oldest);
    const at = this.follower.end ?? { segment: this.writer.oldest, offset: 0 };
    for (const { segment, bytes, crc } of await this.writer.unsealed()) {
      const isHere = segment === at.segment;
      if (isHere && at.offset > bytes && segment === this.writer.end.segment) {
        throw new Error(`the follower has ${at.offset} bytes of the open segment, the writer ${bytes}`);
      }
      if (isHere && at.offset >= bytes && (await this.follower.crcAt(bytes)) !== crc)
        throw new Error('differs');
      if (!this.writer.interrupted.includes(segment)) continue;
      if (isHere && at.offset > bytes) await this.#heal(segment, bytes, at.offset);
      await this.writer.endInterrupted(segment);
    }
    return new LogCursor(this.writer, at, maxBytes);
  }

  async #heal(segment: number, from: number, to: number): Promise<void> {
    let at = from;
    for await (const { bytes } of readSegment(this.followerPaths, segment, from)) {
      await this.writer.heal(segment, at, bytes);
      at += bytes.length;
    }
    if (at !== to) throw new Error(`healed up to ${at} instead of ${to}`);
  }

  #noteWriter(bytes: number): void {
    this.#writerSegment = this.writer.end.segment;
    this.#writerSynced = bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect();
    await this.writer[Symbol.asyncDispose]();
    await this.follower[Symbol.asyncDispose]();
    for (const machine of [this.#writing, this.#following]) {
      await machine.sealer[Symbol.asyncDispose]();
      await rm(machine.paths.root, { recursive: true });
    }
  }
}

async function newRoot(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'fleetkeep-model-'));
}

async function openWriter({ paths, bootId, sealer }: Machine): Promise<LogWriter> {
  return await openLogWriter({ paths, bootId, sealer, segmentBytes: SEGMENT_BYTES }, NOON_MS);
}

async function openFollower({ paths, bootId, sealer }: Machine, { id }: LogWriter): Promise<LogFollower> {
  return await openLogFollower({ paths, id, bootId, sealer });
}

async function tear(path: string, bytes: string): Promise<void> {
  const file = await open(path, 'a');
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}
