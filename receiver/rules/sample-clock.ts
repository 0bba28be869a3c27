/** When a sample was taken, in its own words. */
export interface SampleStamp {
  readonly boot: unknown;
  /** Seconds since the machine was started; undefined where it does not say. */
  readonly up: number | undefined;
  /** By the node's clock, ms since 1970. */
  readonly atMs: number;
}

/** The stretch that a sample stands for, by a clock that never goes back, ms. */
export interface Stretch {
  readonly endMs: number;
  /** 0 where it is not known since when the values have been so. */
  readonly coversMs: number;
}

/** A time between two samples that is never a gap, ms. */
const NO_GAP_MS = 60_000;

/**
 * Tells for each sample of a node how long it stands for: the time since the sample before it.
 * After a gap it stands for one interval. Goes by the node's uptime, so that neither its clock nor
 * the receiver's matters.
 */
export class SampleClock {
  #last: SampleStamp | undefined;
  #nowMs = 0;
  #intervalMs = 0;

  /** Takes a sample; undefined when it or a later one of the same boot was taken before. */
  take(stamp: SampleStamp): Stretch | undefined {
    const last = this.#last;
    const isSameBoot = last === undefined || last.boot === stamp.boot;
    const passedMs = last === undefined ? 0 : passedBetween(last, stamp, isSameBoot);
    if (last !== undefined && passedMs <= 0) return undefined;
    this.#last = stamp;
    this.#nowMs += passedMs;
    const isGap = !isSameBoot || passedMs > Math.max(3 * this.#intervalMs, NO_GAP_MS);
    const coversMs = isGap ? Math.min(passedMs, this.#intervalMs) : passedMs;
    if (isSameBoot) this.#intervalMs = passedMs;
    return { endMs: this.#nowMs, coversMs };
  }
}

function passedBetween(last: SampleStamp, { up, atMs }: SampleStamp, isSameBoot: boolean): number {
  if (isSameBoot && last.up !== undefined && up !== undefined) return Math.round((up - last.up) * 1000);
  // Another boot begins after the last, whatever the clocks say.
  return isSameBoot ? atMs - last.atMs : Math.max(1, atMs - last.atMs);
}
