/** Addresses that are remembered; beyond, the one that was heard of longest ago is forgotten. */
const MAX_ADDRESSES = 10_000;

/** Attempts that are free, and how long after the last one they are forgotten, ms. */
const FREE = 5;
const FORGET_MS = 15 * 60_000;

/** The first wait and the longest, ms: it doubles with each attempt. */
const WAIT = { first: 1_000, longest: 5 * 60_000 } as const;

interface Failures {
  readonly count: number;
  readonly lastMs: number;
}

/** Slows down who guesses passwords: after some failures an address has to wait, longer each time. */
export class AttemptLimit {
  readonly #now: () => number;
  readonly #failures = new Map<string, Failures>();

  /** @param now of a clock that never jumps, ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How long an address has to wait before it may try, ms; 0 when it need not. */
  waitMs(address: string): number {
    const found = this.#find(address);
    if (found === undefined || found.count < FREE) return 0;
    const wait = Math.min(WAIT.first * 2 ** (found.count - FREE), WAIT.longest);
    return Math.max(0, found.lastMs + wait - this.#now());
  }

  failed(address: string): void {
    const count = (this.#find(address)?.count ?? 0) + 1;
    this.#failures.delete(address);
    this.#failures.set(address, { count, lastMs: this.#now() });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_ADDRESSES && oldest !== undefined) this.#failures.delete(oldest);
  }

  succeeded(address: string): void {
    this.#failures.delete(address);
  }

  #find(address: string): Failures | undefined {
    const found = this.#failures.get(address);
    return found !== undefined && this.#now() - found.lastMs < FORGET_MS ? found : undefined;
  }
}
