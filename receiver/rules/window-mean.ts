/** Parts of a window. The oldest one counts by the share of it that is still inside. */
const SLOTS = 15;

/** Less of a window than this share is not enough to say anything. */
const ENOUGH = 0.5;

/**
 * The mean of a value over the last so many milliseconds. Each sample counts for as long as it
 * stands for, so neither a change of interval nor a gap shifts it. Takes the same memory however
 * long the window is.
 */
export class WindowMean {
  readonly lengthMs: number;
  readonly #slotMs: number;
  /** Of each slot, in a ring: the value times how long it stood, and how long that was, ms. */
  readonly #sums = new Array<number>(SLOTS + 1).fill(0);
  readonly #covered = new Array<number>(SLOTS + 1).fill(0);
  #newest = 0;
  #beginMs = 0;
  #endMs = Number.NEGATIVE_INFINITY;

  /** @param lengthMs more than 0 */
  constructor(lengthMs: number) {
    this.lengthMs = lengthMs;
    this.#slotMs = lengthMs / SLOTS;
  }

  /**
   * Adds a value that stood for `coversMs` until `endMs`, by a clock that never goes back. After a
   * silence as long as the window, the window begins again.
   */
  add(value: number, endMs: number, coversMs: number): void {
    const fromMs = endMs - Math.min(coversMs, this.lengthMs);
    if (endMs - this.#endMs >= this.lengthMs) this.#begin(fromMs);
    this.#endMs = endMs;
    const newestMs = this.#newest * this.#slotMs;
    // Nearly always: a division less for each value of each node.
    if (fromMs >= newestMs && endMs < newestMs + this.#slotMs) this.#addTo(this.#newest, value, coversMs);
    else this.#spread(value, fromMs, endMs);
  }

  #begin(atMs: number): void {
    this.#sums.fill(0);
    this.#covered.fill(0);
    this.#beginMs = atMs;
    this.#newest = Math.floor(atMs / this.#slotMs);
  }

  #spread(value: number, fromMs: number, endMs: number): void {
    const last = Math.floor(endMs / this.#slotMs);
    for (let slot = Math.floor(fromMs / this.#slotMs); slot <= last; slot++) {
      this.#turnTo(slot);
      const begin = Math.max(fromMs, slot * this.#slotMs);
      this.#addTo(slot, value, Math.max(0, Math.min(endMs, (slot + 1) * this.#slotMs) - begin));
    }
  }

  /**
   * The mean; undefined before the whole window has passed, and where samples cover less than half
   * of it.
   */
  mean(): number | undefined {
    if (this.#endMs - this.#beginMs < this.lengthMs) return undefined;
    const fromMs = this.#endMs - this.lengthMs;
    let [sum, covered] = [0, 0];
    for (let slot = this.#newest - SLOTS; slot <= this.#newest; slot++) {
      const inside = Math.min(1, Math.max(0, ((slot + 1) * this.#slotMs - fromMs) / this.#slotMs));
      sum += inside * (this.#sums[indexOf(slot)] ?? 0);
      covered += inside * (this.#covered[indexOf(slot)] ?? 0);
    }
    return covered < ENOUGH * this.lengthMs ? undefined : sum / covered;
  }

  #turnTo(slot: number): void {
    for (let next = Math.max(this.#newest + 1, slot - SLOTS); next <= slot; next++) {
      this.#sums[indexOf(next)] = 0;
      this.#covered[indexOf(next)] = 0;
    }
    this.#newest = Math.max(this.#newest, slot);
  }

  #addTo(slot: number, value: number, forMs: number): void {
    const index = indexOf(slot);
    this.#sums[index] = (this.#sums[index] ?? 0) + value * forMs;
    this.#covered[index] = (this.#covered[index] ?? 0) + forMs;
  }
}

/** Where a slot lies in the ring; slots before the clock's beginning have negative numbers. */
function indexOf(slot: number): number {
  return ((slot % (SLOTS + 1)) + SLOTS + 1) % (SLOTS + 1);
}
