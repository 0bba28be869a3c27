import { setImmediate as turn } from 'node:timers/promises';
import { describeError } from '../../shared/errors/errors.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { HistoryStore } from './history-store.ts';
import { LatestSamples } from './latest-samples.ts';
import { LogDirectory } from './log-directory.ts';
import type { TakenSample } from './log-intake.ts';
import { NodeFeed } from './node-feed.ts';
import { NodeHistory } from './node-history.ts';
import { SPARKLINE_MINUTES, Sparklines } from './sparklines.ts';
import { TIERS } from './tiers.ts';

/** How long what was taken in may stay unwritten, ms. After a kill it is read again. */
const COMMIT_MS = 5_000;

/** What one transaction may hold, steps of reading: the journal should stay small. */
const COMMIT_STEPS = 64;

/** Options of an {@link Indexer}. */
export interface IndexerOptions {
  readonly logsRoot: string;
  readonly store: HistoryStore;
  /** ms since 1970. */
  readonly now: () => number;
  /** Milliseconds since an arbitrary moment; never jumps. */
  readonly monotonic: () => number;
  /**
   * Is called with each sample and its values by name, except while a node replays what it could
   * not send.
   */
  readonly onSample?: ((node: NodeName, sample: PresentSample) => void) | undefined;
  /** A log could not be read; it is tried again when it next grows. */
  readonly onTrouble: (node: NodeName, message: string) => void;
  /** history.db cannot be used; nothing more is taken in. */
  readonly onFailed: (error: unknown) => void;
}

/** A sample, and whether it tells about the present. */
export interface PresentSample extends TakenSample {
  readonly isPresent: boolean;
  readonly values: Values;
}

/** Names and values of one sample, in the same order; valid until the next. */
export interface Values {
  readonly names: readonly string[];
  readonly numbers: readonly number[];
}

/** For how long after a sample that came beside its log a log is of the past, ms. */
const REPLAY_MS = 10_000;

const DAY_MS = 86_400_000;

/** Takes the logs of all nodes in, a piece of each in turn, so that nobody waits for another's long past. */
export class Indexer {
  readonly #options: IndexerOptions;
  readonly #feeds = new Map<NodeName, NodeFeed>();
  readonly #sparklines = new Map<NodeName, Sparklines>();
  readonly #waiting = new Set<NodeName>();
  /** Those that have sent something since the start, and until when what they send is of the past. */
  readonly #alive = new Map<NodeName, number>();
  readonly #unsaved = new Set<NodeFeed>();
  readonly #logs: LogDirectory;
  readonly latest = new LatestSamples();
  #running: Promise<void> | undefined;
  #isRunning = false;
  #isStopping = false;
  #begunMs = 0;
  #steps = 0;
  #lines = 0;

  constructor(options: IndexerOptions) {
    this.#options = options;
    this.#logs = new LogDirectory(options.logsRoot, options.monotonic);
  }

  /** Samples taken in since the start. */
  get lines(): number {
    return this.#lines;
  }

  /** Bytes known to be unread. */
  get bytesAhead(): number {
    let sum = 0;
    for (const feed of this.#feeds.values()) sum += feed.bytesAhead;
    return sum;
  }

  get nodes(): readonly NodeName[] {
    return [...this.#feeds.keys()];
  }

  /** The last hour of a node, minute by minute; undefined for one that is not known. */
  sparklines(node: NodeName): Sparklines | undefined {
    return this.#sparklines.get(node);
  }

  /** What is known of a node; undefined when there is no such node. */
  feed(node: NodeName): NodeFeed | undefined {
    return this.#feeds.get(node);
  }

  /** A sample came beside the log of a node, which is still sending what came before it. */
  replays(node: NodeName): void {
    this.#alive.set(node, this.#options.monotonic() + REPLAY_MS);
  }

  /** The logs of these nodes have grown, or may have. @param isNews whether they have just sent something */
  moved(nodes: readonly NodeName[], isNews: boolean): void {
    if (isNews) for (const node of nodes) if (!this.#alive.has(node)) this.#alive.set(node, 0);
    for (const node of nodes) this.#waiting.add(node);
    if (this.#isStopping || this.#isRunning || this.#waiting.size === 0) return;
    this.#isRunning = true;
    this.#running = this.#run().catch(this.#options.onFailed);
  }

  /** Resolves when everything that is there has been taken in. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Writes down what was taken in, when it has waited long enough or `isNow`. */
  commit(isNow = false): void {
    const { store, monotonic } = this.#options;
    if (
      !store.isInTransaction ||
      (!isNow && monotonic() - this.#begunMs < COMMIT_MS && this.#steps < COMMIT_STEPS)
    )
      return;
    for (const feed of this.#unsaved) feed.save();
    this.#unsaved.clear();
    store.commit();
  }

  /**
   * Drops what is older than it is kept. The nodes have a say in what time it is: when this machine's clock jumps ahead, nothing is
   * old yet.
   *
   * @param keptMs for each tier, finest first
   */
  prune(keptMs: readonly number[]): void {
    const { store, now } = this.#options;
    const newestMs = this.latest.newestMs();
    if (newestMs === undefined) return;
    const nowMs = Math.min(now(), newestMs + DAY_MS);
    this.#begin();
    for (const feed of this.#feeds.values()) {
      if (!this.#isIdle(feed)) continue;
      feed.settle();
      feed.save();
    }
    for (const tier of TIERS) {
      const oldestMs = nowMs - (keptMs[tier.index] ?? 0);
      store.dropBefore(tier, Math.max(0, Math.floor(oldestMs / (tier.stepMs * tier.slots))));
    }
    this.commit(true);
    store.shrink();
  }

  /** Stops reading and writes everything down. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
    this.commit(true);
    for (const feed of this.#feeds.values()) await feed.dispose();
  }

  async #run(): Promise<void> {
    for (const node of this.#waiting) {
      if (this.#isStopping) break;
      this.#waiting.delete(node);
      if (await this.#step(node)) this.#waiting.add(node);
      this.commit();
      // Questions are answered in between.
      await turn();
    }
    this.#isRunning = false;
    this.#logs.forget();
  }

  async #step(node: NodeName): Promise<boolean> {
    try {
      this.#begin();
      const feed = this.#feeds.get(node) ?? this.#open(node);
      this.#unsaved.add(feed);
      this.#steps += 1;
      return await feed.step();
    } catch (error) {
      if (isDatabaseError(error)) throw error;
      this.#options.onTrouble(node, describeError(error));
      return false;
    }
  }

  #begin(): void {
    const { store, monotonic } = this.#options;
    if (store.isInTransaction) return;
    store.begin();
    this.#begunMs = monotonic();
    this.#steps = 0;
  }

  #open(node: NodeName): NodeFeed {
    const { store, now } = this.#options;
    const sparklines = new Sparklines();
    const history = new NodeHistory(store, node, (minute, bucket, layout) =>
      sparklines.put(minute, bucket, layout),
    );
    const minute = Math.floor(now() / 60_000);
    for (const { number, bucket, layout } of history.read(TIERS[1], minute - SPARKLINE_MINUTES, minute)) {
      sparklines.put(number, bucket, layout);
    }
    let values: Record<string, number> = {};
    const present = { names: [] as string[], numbers: [] as number[] };
    const feed = new NodeFeed({
      ...{ logs: this.#logs, name: node, history, store, now },
      onValue: (name, value) => {
        this.latest.put(values, name, value);
        present.names.push(name);
        present.numbers.push(value);
      },
      onSample: (taken) => {
        this.#lines += 1;
        this.latest.take(node, { ...taken, values });
        values = {};
        this.#tell(node, taken, present);
        present.names.length = 0;
        present.numbers.length = 0;
      },
      onKnown: (line, fallenFrom) => this.latest.takeLine(node, line, fallenFrom),
      onInventory: (line) => store.saveInventory(history.id, line),
    });
    this.#sparklines.set(node, sparklines);
    this.#feeds.set(node, feed);
    return feed;
  }

  #tell(node: NodeName, taken: TakenSample, values: Values): void {
    const untilMs = this.#alive.get(node);
    if (untilMs !== undefined && this.#options.monotonic() < untilMs) return;
    const isPresent = taken.isCurrent && untilMs !== undefined;
    this.#options.onSample?.(node, { ...taken, isPresent, values });
  }

  /** Whether nothing has come of a node for an hour. */
  #isIdle({ history }: NodeFeed): boolean {
    const open = history.open;
    return open === undefined || (open + 360) * TIERS[0].stepMs < this.#options.now();
  }
}

/** What SQLite says of itself cannot be put right by trying again with the next node. */
function isDatabaseError(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error;
}
