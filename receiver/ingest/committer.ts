import { WINDOW_BYTES } from '../../shared/protocol/protocol.ts';

/** A copy that has bytes to be synced; a session. */
export interface Committable {
  /** Bytes that have been appended and not synced; 0 while syncing them is not possible. */
  readonly unsyncedBytes: number;
  /** Makes durable what has been appended; never rejects. */
  commit(): Promise<void>;
}

/** Options of {@link Committer}. */
export interface CommitterOptions {
  /** How long bytes may be gathered before they are synced, ms. */
  readonly commitMs: number;
}

/**
 * A copy with this many bytes to be synced does not wait for the others, bytes: half of what its sender may have on its way, so that
 * it has something to send meanwhile.
 */
const PROMPT_BYTES = WINDOW_BYTES / 2;
/** Rounds of small syncs may take at most this share of the time: with thousands of nodes they become rarer by themselves. */
const SMALL_DUTY_RATIO = 0.25;
/** A round is one of small syncs below this many bytes a copy. Larger ones are a backlog, whose senders wait for their window. */
const SMALL_BYTES = 64 * 1024;
/** `fdatasync` calls under way at once; the thread pool has four threads for the whole process. */
const CONCURRENCY = 8;

/**
 * Group commit: gathers the copies that have received something and syncs them in rounds. A copy that receives much is
 * synced at once, so that its sender's window never stalls for the gathering time.
 */
export class Committer {
  readonly #options: CommitterOptions;
  #dirty = new Set<Committable>();
  readonly #busy = new Set<Committable>();
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  /** Notes that a copy has bytes to be synced. */
  mark(copy: Committable): void {
    if (this.#busy.has(copy)) return;
    if (copy.unsyncedBytes >= PROMPT_BYTES) {
      this.#dirty.delete(copy);
      void this.#commit(copy);
      return;
    }
    this.#dirty.add(copy);
    this.#schedule(this.#options.commitMs);
  }

  /** Forgets a copy that is being closed. */
  forget(copy: Committable): void {
    this.#dirty.delete(copy);
  }

  /** Stops the rounds. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#dirty.clear();
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined || this.#isRunning) return;
    this.#timer = setTimeout(() => void this.#round(), delayMs);
  }

  async #round(): Promise<void> {
    this.#timer = undefined;
    this.#isRunning = true;
    const began = performance.now();
    const copies = this.#dirty;
    this.#dirty = new Set();
    const isSmall = sumBytes(copies) < SMALL_BYTES * copies.size;
    const queue = copies.values();
    await Promise.all(Array.from({ length: CONCURRENCY }, () => this.#drain(queue)));
    this.#isRunning = false;
    const pauseMs = isSmall ? (performance.now() - began) * (1 / SMALL_DUTY_RATIO - 1) : 0;
    if (this.#dirty.size > 0) this.#schedule(Math.max(this.#options.commitMs, pauseMs));
  }

  async #drain(queue: Iterator<Committable>): Promise<void> {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      if (!this.#busy.has(next.value)) await this.#commit(next.value);
    }
  }

  async #commit(copy: Committable): Promise<void> {
    this.#busy.add(copy);
    do await copy.commit();
    while (copy.unsyncedBytes >= PROMPT_BYTES);
    this.#busy.delete(copy);
    if (copy.unsyncedBytes > 0) this.mark(copy);
  }
}

function sumBytes(copies: Iterable<Committable>): number {
  let bytes = 0;
  for (const copy of copies) bytes += copy.unsyncedBytes;
  return bytes;
}
