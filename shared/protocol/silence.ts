/** What is to be done about a peer that says nothing. */
export type SilenceVerdict = 'fine' | 'ask' | 'lost';

/** After how much silence a peer is asked, and given up; ms. */
export interface SilenceLimits {
  readonly askMs: number;
  readonly lostMs: number;
}

/** Between two checks, ms. */
const MIN_WAIT_MS = 1000;

/** Watches how long a peer has been silent (`docs/protocol.md`, section 4). Any frame counts as a sign of life. */
export class SilenceWatch {
  readonly #limits: SilenceLimits;
  #heardMs: number;
  #isAsked = false;

  /** @param nowMs of a clock that never jumps */
  constructor(limits: SilenceLimits, nowMs: number) {
    this.#limits = limits;
    this.#heardMs = nowMs;
  }

  /** Something came. */
  heard(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#isAsked = false;
  }

  /** For how long nothing has come, ms. */
  silentMs(nowMs: number): number {
    return nowMs - this.#heardMs;
  }

  /** Looks at the time; says `ask` once in each silence. */
  check(nowMs: number): SilenceVerdict {
    const silentMs = this.silentMs(nowMs);
    if (silentMs > this.#limits.lostMs) return 'lost';
    if (silentMs <= this.#limits.askMs || this.#isAsked) return 'fine';
    this.#isAsked = true;
    return 'ask';
  }

  /**
   * How long to wait with the next {@link check}, ms, a second at least. To wake up costs a program that does little more than to
   * look, so it sleeps until there may be something to say.
   */
  dueInMs(nowMs: number): number {
    const { askMs, lostMs } = this.#limits;
    // Both limits have to be passed, not only reached. What comes meanwhile begins another silence, to be asked about in its turn.
    const dueMs = Math.min(askMs, (this.#isAsked ? lostMs : askMs) - this.silentMs(nowMs)) + 1;
    return Math.max(MIN_WAIT_MS, dueMs);
  }
}
