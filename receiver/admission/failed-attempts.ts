import type { Clock } from '../../shared/time/clock.ts';

/** Options of {@link FailedAttempts}. */
export interface FailedAttemptsOptions {
  readonly clock: Clock;
  /** After so many in an hour somebody is told. */
  readonly alarmAt: number;
  readonly onAlarm: (address: string, attempts: number) => void;
}

interface Attempts {
  readonly count: number;
  readonly sinceMs: number;
}

const WINDOW_MS = 3_600_000;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
/** Addresses that are remembered; beyond, the oldest is forgotten. */
const MAX_ADDRESSES = 10_000;

/** Counts, by address, who could not prove what it said, and slows it down: each answer takes twice as long as the one before. */
export class FailedAttempts {
  readonly #options: FailedAttemptsOptions;
  /** In the order in which they began. */
  readonly #byAddress = new Map<string, Attempts>();

  constructor(options: FailedAttemptsOptions) {
    this.#options = options;
  }

  /** Another one failed: how long its answer shall wait, ms. Somebody else at the same address, who can prove it, does not wait. */
  failed(address: string): number {
    const { clock, alarmAt, onAlarm } = this.#options;
    const nowMs = clock.monotonic();
    const before = this.#byAddress.get(address);
    const isRecent = before !== undefined && nowMs - before.sinceMs < WINDOW_MS;
    const attempts = isRecent ? { ...before, count: before.count + 1 } : { count: 1, sinceMs: nowMs };
    if (!isRecent) this.#byAddress.delete(address);
    this.#byAddress.set(address, attempts);
    this.#forgetOldest();
    if (attempts.count === alarmAt) onAlarm(address, attempts.count);
    return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempts.count - 1, 10));
  }

  #forgetOldest(): void {
    for (const address of this.#byAddress.keys()) {
      if (this.#byAddress.size <= MAX_ADDRESSES) return;
      this.#byAddress.delete(address);
    }
  }
}
