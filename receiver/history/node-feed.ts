import { readLogMeta } from '../../shared/log/log-meta.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { FoundLog } from '../backup/find-logs.ts';
import type { HistoryStore } from './history-store.ts';
import type { LogDirectory } from './log-directory.ts';
import { type IntakeListener, LogIntake } from './log-intake.ts';
import type { NodeHistory } from './node-history.ts';

/** Options of a {@link NodeFeed}. */
export interface FeedOptions extends IntakeListener {
  readonly logs: LogDirectory;
  readonly name: NodeName;
  readonly history: NodeHistory;
  readonly store: HistoryStore;
  readonly now: () => number;
}

/**
 * Feeds the logs of one node into its history: first those that gave way to another, to their end, then the present one. A node that
 * was reinstalled has a new log, and its series go on.
 */
export class NodeFeed {
  readonly #options: FeedOptions;
  #waiting: FoundLog[] | undefined;
  #intake: LogIntake | undefined;
  #isPresent = false;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get history(): NodeHistory {
    return this.#options.history;
  }

  /** Bytes known to be still unread. */
  get bytesAhead(): number {
    return this.#intake?.bytesAhead ?? 0;
  }

  /** Reads the next chunk; true while there is more to read. */
  async step(): Promise<boolean> {
    const intake = this.#intake ?? (await this.#next());
    if (intake === undefined) return false;
    const step = await intake.step();
    if (step === 'more') return true;
    if (step === 'end' && this.#isPresent) return false;
    // A log that was read to its end, or gave way: those of the node are looked for again.
    await this.#leave(intake, step === 'replaced');
    // Another log is just being put there: it will be told of.
    return step !== 'replaced';
  }

  /** Stores what is open and makes the coarser buckets: nothing has come for a while. */
  settle(): void {
    this.#intake?.close();
    this.history.settle();
  }

  /** Writes down how far it is. Call it in the transaction that holds the buckets. */
  save(): void {
    this.#intake?.save();
    this.history.save();
  }

  async dispose(): Promise<void> {
    await this.#intake?.dispose();
    this.#intake = undefined;
  }

  async #next(): Promise<LogIntake | undefined> {
    this.#waiting ??= [...(await this.#options.logs.find(this.#options.name))];
    const log = this.#waiting.shift();
    const logId = log && (log.archivedId ?? (await readLogMeta(log.paths))?.id);
    if (log === undefined || logId === undefined) {
      this.#waiting = undefined;
      return undefined;
    }
    const isArchived = log.archivedId !== undefined;
    this.#isPresent = !isArchived;
    this.#intake = new LogIntake({ ...this.#options, paths: log.paths, logId, isArchived });
    return this.#intake;
  }

  async #leave(intake: LogIntake, isReplaced: boolean): Promise<void> {
    intake.close();
    intake.save();
    await intake.dispose();
    this.#intake = undefined;
    if (!isReplaced) return;
    this.#options.logs.forget();
    this.#waiting = undefined;
  }
}
