import { isSample } from '../../shared/log/is-sample.ts';
import { LineSplitter } from '../../shared/log/line-splitter.ts';
import { listSegments } from '../../shared/log/list-segments.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { readLogMeta } from '../../shared/log/log-meta.ts';
import { comparePositions, type Position } from '../../shared/log/position.ts';
import { type LogChunk, readSegment } from '../../shared/log/read-log.ts';
import { CounterMemory, MEMORY_SAMPLES } from './counter-memory.ts';
import type { HistoryStore } from './history-store.ts';
import type { NodeHistory } from './node-history.ts';
import { type OpenFile, readOpenSegment } from './read-open-segment.ts';
import { type PastCounters, parseLine, readValues, type SamplePair } from './read-values.ts';

/** A sample that was taken in. */
export interface TakenSample {
  readonly line: string;
  readonly sample: Readonly<Record<string, unknown>>;
  /** Time by the node's clock, ms since 1970. */
  readonly atMs: number;
  /** Whether it stands near the end of the log, so that it tells of the present. */
  readonly isCurrent: boolean;
  /**
   * The samples before it while one of its counters, or of theirs, is less than it was; empty
   * otherwise.
   */
  readonly fallenFrom: readonly PastCounters[];
}

/** Is told of what stands in a log besides what goes into buckets. */
export interface IntakeListener {
  readonly onSample?: ((taken: TakenSample) => void) | undefined;
  readonly onValue?: ((name: string, value: number) => void) | undefined;
  readonly onInventory: (line: string) => void;
  /** The last sample that was taken in before the program was started again. */
  readonly onKnown?: ((line: string, fallenFrom: readonly PastCounters[]) => void) | undefined;
}

/** Options of a {@link LogIntake}. */
export interface IntakeOptions extends IntakeListener {
  readonly paths: LogPaths;
  readonly logId: string;
  /** Whether another log has taken its place, so that it tells of no present. */
  readonly isArchived: boolean;
  readonly history: NodeHistory;
  readonly store: HistoryStore;
  readonly now: () => number;
}

/** What a step of reading brought: `replaced` says that another log lies there now. */
export type IntakeStep = 'more' | 'end' | 'replaced';

/** Lines that begin so near to the end of what there is are of the present, bytes. */
const CURRENT_BYTES = 32 * 1024;

/** Clocks that are further ahead than this are wrong, ms: what they say would stand in everyone's way until then. */
const FUTURE_MS = 86_400_000;

/** So are those before the time of this program. */
const PAST_MS = Date.UTC(2020, 0, 1);

/** `{"t":"2026-11-20T22:00:00.000Z` */
const TIME = { begin: 6, end: 30 } as const;

/**
 * Where reading would go on after a restart: `prime` is a little earlier, for the rates, and
 * `intervalMs` was known there.
 */
type Resume = Readonly<{ at: Position; prime: Position | undefined; intervalMs: number }>;

/** A sample that was taken not long ago. */
type Recent = Readonly<{ at: Position; intervalMs: number }>;

/** Takes one log into the history of its node, a chunk at a time. Not for overlapping calls. */
export class LogIntake {
  readonly #options: IntakeOptions;
  #segment: number;
  #splitter: LineSplitter;
  #open: OpenFile | undefined;
  #chunks: AsyncGenerator<LogChunk, void, void> | undefined;
  readonly #memory: CounterMemory;
  /** The last samples, the oldest first. */
  #recent: readonly Recent[] = [];
  /** Lines before it have been taken in already; they only give the rates something to begin from. */
  #until: Position;
  #resume: Resume;
  #isChanged = false;
  #bytesAhead = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
    const row = options.store.log(options.logId);
    const until = { segment: row?.segment ?? 0, offset: row?.offset ?? 0 };
    const prime =
      row?.primeSegment === undefined || row.primeOffset === undefined
        ? undefined
        : { segment: row.primeSegment, offset: row.primeOffset };
    const intervalMs = row?.intervalMs ?? 0;
    this.#memory = new CounterMemory(intervalMs);
    this.#until = until;
    this.#resume = { at: until, prime, intervalMs };
    this.#segment = (prime ?? until).segment;
    this.#splitter = new LineSplitter((prime ?? until).offset);
  }

  /** Bytes of the open segment that are still to be read, as far as the last step saw. */
  get bytesAhead(): number {
    return this.#bytesAhead;
  }

  /** Reads the next chunk. @throws the system's error when the disk cannot be read */
  async step(): Promise<IntakeStep> {
    if (this.#chunks === undefined) {
      const { paths, logId } = this.#options;
      const expected = { log: logId, segment: this.#segment, from: this.#splitter.offset };
      const read = readOpenSegment(paths.open, expected, this.#open);
      if (read.kind === 'replaced') return 'replaced';
      if (read.kind === 'bytes') {
        this.#open = read.file;
        this.#take(read.bytes, read.left);
        return read.left > 0 ? 'more' : 'end';
      }
    }
    return await this.#stepClosed();
  }

  /** Stores the open bucket although time has not left it: the log is not expected to go on soon. */
  close(): void {
    this.#options.history.closeOpen();
    const at = { segment: this.#segment, offset: this.#splitter.lineOffset };
    // While what was taken in earlier is read again, the place to go on from stands.
    if (comparePositions(at, this.#until) >= 0) this.#setResume(at);
  }

  /** Writes down how far the log has been taken in. Call it in the transaction that holds the buckets. */
  save(): void {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    const { logId, history, store } = this.#options;
    const { at, prime, intervalMs } = this.#resume;
    const primed = { primeSegment: prime?.segment, primeOffset: prime?.offset };
    store.saveLog({ logId, node: history.id, ...at, ...primed, intervalMs });
  }

  /** Ends the reading. */
  async dispose(): Promise<void> {
    await this.#chunks?.return();
    this.#chunks = undefined;
  }

  /** A segment that is closed, compressed or dropped by now; behind it the next begins. */
  async #stepClosed(): Promise<IntakeStep> {
    const { paths, logId } = this.#options;
    this.#bytesAhead = CURRENT_BYTES;
    const { segments, isSame } = await lookAt(paths, logId);
    if (!isSame) return 'replaced';
    this.#chunks ??= readSegment(paths, this.#segment, this.#splitter.offset);
    const step = await this.#chunks.next();
    if (step.done !== true) {
      this.#take(step.value.bytes, CURRENT_BYTES);
      return 'more';
    }
    this.#chunks = undefined;
    const next = segments.find((number) => number > this.#segment);
    if (next === undefined) return 'end';
    this.#segment = next;
    this.#splitter = new LineSplitter(0);
    this.#open = undefined;
    return 'more';
  }

  #take(bytes: Buffer, left: number): void {
    const end = this.#splitter.offset + bytes.length + left;
    this.#bytesAhead = left;
    this.#splitter.push(bytes, (line, offset) => {
      const at = { segment: this.#segment, offset };
      this.#takeLine(line.toString('utf8'), at, end - offset < CURRENT_BYTES && !this.#options.isArchived);
    });
  }

  #takeLine(line: string, at: Position, isCurrent: boolean): void {
    if (isSample(line)) this.#takeSample(line, at, isCurrent);
    else if (line.startsWith('","inventory":', TIME.end)) this.#options.onInventory(line);
  }

  #takeSample(line: string, at: Position, isCurrent: boolean): void {
    const sample = parseLine(line);
    const atMs = Date.parse(line.slice(TIME.begin, TIME.end));
    if (sample === undefined || Number.isNaN(atMs)) return;
    const pair = this.#memory.take(sample);
    const isNew = comparePositions(at, this.#until) >= 0;
    // Those before only tell which counters had fallen.
    if (!isNew) readValues(pair, () => undefined);
    else if (atMs >= PAST_MS && atMs <= this.#options.now() + FUTURE_MS) this.#addTo(atMs, at, pair);
    this.#recent = [...this.#recent.slice(1 - MEMORY_SAMPLES), { at, intervalMs: this.#memory.intervalMs }];
    const fallenFrom = this.#memory.hasFallen ? pair.past : [];
    if (isNew) this.#options.onSample?.({ line, sample, atMs, isCurrent, fallenFrom });
    else this.#options.onKnown?.(line, fallenFrom);
  }

  #addTo(atMs: number, at: Position, pair: SamplePair): void {
    const { history, onValue } = this.#options;
    const open = history.open;
    history.turnTo(atMs);
    if (history.open !== open) this.#setResume(at);
    readValues(pair, (name, value) => {
      history.add(name, value);
      onValue?.(name, value);
    });
  }

  /** Before the sample at this place is remembered itself. */
  #setResume(at: Position): void {
    const oldest = this.#recent[0];
    this.#resume = { at, prime: oldest?.at, intervalMs: oldest?.intervalMs ?? this.#memory.intervalMs };
    this.#isChanged = true;
  }
}

/** The segments that lie there, and whether they are those of the log. The log's name is read last: a log gives way directory last. */
async function lookAt(
  paths: LogPaths,
  logId: string,
): Promise<{ readonly segments: readonly number[]; readonly isSame: boolean }> {
  const segments = (await listSegments(paths)).map(({ number }) => number);
  return { segments, isSame: (await readLogMeta(paths))?.id === logId };
}
