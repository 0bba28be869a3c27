/** How many minutes the least delay is looked for in. */
const MINUTES = 3;

/**
 * How far a node's clock is from ours, seconds: the time at which its samples arrive, less the time that they bear. Delay on the way only
 * adds to that, so the least of some minutes is the nearest to the truth; negative when the node's clock is ahead.
 */
export class LeastDelay {
  readonly #byMinute: { minute: number; least: number }[] = [];

  /** Takes one sample; the distance, without its sign, once there are some minutes of them. */
  take(sampleMs: number, arrivedMs: number): number | undefined {
    const minute = Math.floor(arrivedMs / 60_000);
    const delay = (arrivedMs - sampleMs) / 1000;
    const last = this.#byMinute.at(-1);
    if (last?.minute === minute) {
      last.least = Math.min(last.least, delay);
      return undefined;
    }
    this.#byMinute.push({ minute, least: delay });
    if (this.#byMinute.length <= MINUTES) return undefined;
    this.#byMinute.shift();
    return Math.abs(Math.min(...this.#byMinute.slice(0, -1).map(({ least }) => least)));
  }
}
