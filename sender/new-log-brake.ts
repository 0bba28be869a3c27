/** A log that was begun less than this ago is not given up again, ms: a receiver that finds fault with every log must not fill the disk. */
const PAUSE_MS = 600_000;

/** Sees to it that new logs are begun seldom, whatever a receiver says; for as long as the program runs. */
export class NewLogBrake {
  #lastMs: number | undefined;

  /** Whether a new log may be begun now. @param nowMs of a clock that never jumps */
  isOpen(nowMs: number): boolean {
    return this.#lastMs === undefined || nowMs - this.#lastMs >= PAUSE_MS;
  }

  /** A new log is begun. */
  engage(nowMs: number): void {
    this.#lastMs = nowMs;
  }
}
