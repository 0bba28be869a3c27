/** What a line does to what it carries; of each direction by itself. */
export interface LinkConditions {
  /** How many of the packets are lost, 0 to 1. */
  readonly lossRatio: number;
  /** How long each is on its way, ms. */
  readonly delayMs: number;
  /** How much goes through, bit/s; Infinity for no limit. */
  readonly bitsPerSecond: number;
  /** Nothing comes through. */
  readonly isCut: boolean;
}

/** A line that does nothing to what it carries. */
export const SOUND: LinkConditions = {
  lossRatio: 0,
  delayMs: 0,
  bitsPerSecond: Number.POSITIVE_INFINITY,
  isCut: false,
};

/** What would have to wait longer than this for its turn on a narrow line is lost, ms: the buffer of a modem. */
const BUFFER_MS = 1000;

/** One direction of a line: decides for each packet whether, and when, it arrives. */
export class BadLink {
  readonly #random: () => number;
  #freeAtMs = 0;
  conditions = SOUND;

  /** @param random uniform in [0, 1) */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** When a packet that is sent now arrives, ms; undefined when it is lost. @param nowMs of a clock that never jumps */
  arrivalMs(bytes: number, nowMs: number): number | undefined {
    const { lossRatio, delayMs, bitsPerSecond, isCut } = this.conditions;
    // Asked for every packet, so that what a seed loses does not depend on when the line is cut.
    const isLost = this.#random() < lossRatio;
    const beginsMs = Math.max(nowMs, this.#freeAtMs);
    if (isCut || isLost || beginsMs - nowMs > BUFFER_MS) return undefined;
    this.#freeAtMs = beginsMs + (bytes * 8000) / bitsPerSecond;
    return this.#freeAtMs + delayMs;
  }
}
