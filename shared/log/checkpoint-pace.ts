/** How much of the open segment is read back at most before a new checkpoint is written, bytes. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024;
/** How old a checkpoint gets while the copy grows, ms: after a kill it proves that the file was not replaced. */
const CHECKPOINT_MS = 30_000;

/** Says when a follower writes the next checkpoint of its open segment. */
export class CheckpointPace {
  readonly #maxAgeMs: number;
  #bytes: number;
  /** By a clock that nobody sets, ms. */
  #atMs = performance.now();

  /** @param bytes length of the open segment now @param maxAgeMs how old a checkpoint gets at most, ms */
  constructor(bytes: number, maxAgeMs = CHECKPOINT_MS) {
    this.#bytes = bytes;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Begins a segment: nothing of it is in a checkpoint. */
  restart(): void {
    this.#bytes = 0;
  }

  /** Whether a checkpoint is due for a segment of this length, bytes; who is told so writes it. */
  isDue(bytes: number): boolean {
    const nowMs = performance.now();
    if (bytes - this.#bytes < CHECKPOINT_BYTES && nowMs - this.#atMs < this.#maxAgeMs) return false;
    this.#bytes = bytes;
    this.#atMs = nowMs;
    return true;
  }
}
