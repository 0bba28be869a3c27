/** How far behind the present the value is, ms: the time between two looks. */
const BEHIND_MS = 2_000;

/**
 * The time between two updates of the kernel, ms: two seconds and one tick (`PSI_FREQ`), here of 4
 * ms.
 */
const PERIOD_MS = 2_004;

/** A sum that has not changed for so long has been brought up to date without change, ms. */
const CERTAIN_MS = 2_500;

interface Point {
  readonly atMs: number;
  readonly seconds: number;
}

/**
 * A counter of seconds that its source brings up to date every two seconds only. Read more often it
 * would stand still and then leap, a comb of 0 and 200 %. Between two updates this one rises
 * evenly, two seconds behind the present, and never by more than the time that passes, so that its
 * rate over any span is that of the time in which the kernel counted.
 */
export class SmoothCounter {
  readonly #offset: number;
  #from: Point;
  #to: Point;
  #given: Point;
  #lookedAt: number;

  /**
   * @param nowMs by a clock that nobody sets
   * @param seconds what the source says; the first value given out is this one
   * @param rate how fast it has risen lately, 0–1
   */
  constructor(nowMs: number, seconds: number, rate: number) {
    // The delay must not show as standstill: the counter begins as if it had been followed before,
    // moved to its first value.
    this.#offset = (rate * BEHIND_MS) / 1000;
    this.#from = { atMs: nowMs - BEHIND_MS, seconds: seconds - this.#offset };
    this.#to = { atMs: nowMs, seconds };
    this.#given = { atMs: nowMs, seconds };
    this.#lookedAt = nowMs;
  }

  /**
   * Takes what the source says now. True when it should have risen and has not yet: then it is
   * worth a look soon.
   */
  take(nowMs: number, seconds: number): boolean {
    const isRising = this.#to.seconds > this.#from.seconds;
    let isLate = false;
    // Nobody may have asked for the value meanwhile.
    if (this.isAtRest) this.#given = { atMs: nowMs, seconds: this.#given.seconds };
    if (seconds < this.#to.seconds) {
      // It began again at 0.
      this.#from = { atMs: nowMs - BEHIND_MS, seconds };
      this.#to = { atMs: nowMs, seconds };
      this.#given = this.#to;
    } else if (seconds > this.#to.seconds) {
      this.#from = this.#to;
      this.#to = { atMs: this.#updatedAt(nowMs), seconds };
    } else if (nowMs - this.#to.atMs >= CERTAIN_MS) {
      this.#from = this.#to;
      this.#to = { atMs: nowMs, seconds };
    } else isLate = isRising;
    this.#lookedAt = nowMs;
    return isLate;
  }

  /**
   * When the source was brought up to date: whole periods after the time before, but since the last
   * look. Now, where that leaves a choice.
   */
  #updatedAt(nowMs: number): number {
    const periods = Math.floor((nowMs - this.#to.atMs) / PERIOD_MS);
    if (periods === 0 || nowMs - this.#lookedAt > PERIOD_MS) return nowMs;
    const atMs = this.#to.atMs + periods * PERIOD_MS;
    // The period of this kernel may be some milliseconds longer.
    const isNext = this.#lookedAt - atMs > atMs + PERIOD_MS - nowMs;
    return isNext ? nowMs : Math.max(atMs, this.#lookedAt);
  }

  /** Whether the value stays the same until the source rises again. */
  get isAtRest(): boolean {
    const { seconds } = this.#to;
    return this.#from.seconds === seconds && this.#given.seconds === seconds + this.#offset;
  }

  /**
   * The value at a time, seconds; never less than before, nor more than the time since then allows.
   */
  at(nowMs: number): number {
    const most = this.#given.seconds + (nowMs - this.#given.atMs) / 1000;
    const wanted = this.#between(nowMs - BEHIND_MS) + this.#offset;
    const seconds = Math.max(this.#given.seconds, Math.min(most, wanted));
    this.#given = { atMs: nowMs, seconds };
    return seconds;
  }

  #between(atMs: number): number {
    const passed = this.#to.atMs - this.#from.atMs;
    const share = passed <= 0 ? 1 : Math.min(1, Math.max(0, (atMs - this.#from.atMs) / passed));
    return this.#from.seconds + share * (this.#to.seconds - this.#from.seconds);
  }
}
