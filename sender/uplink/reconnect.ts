import { backoffMs } from '../../shared/time/backoff.ts';
import type { SessionEnd } from './session-ports.ts';

/**
 * A connection that has lasted this long worked; the next failure is a new one, ms. Longer than a receiver needs that welcomes and then
 * fails, shorter than a connection stands over a line that is cut again and again.
 */
const STEADY_MS = 15_000;
/**
 * The first wait is long enough to spread a fleet: when a receiver goes, all of its nodes begin to wait at the same moment. With 2.5 s
 * no second sees more than 54 % of them come back, and none more than 60 % try (docs/benchmarks.md, «Bad networks»); with 0.5 s all
 * would come in the first half second.
 */
const FIRST_MS = 2500;
/** Upper bound of the other waits, ms: this at first, then a share of how long the outage lasts, up to a minute. */
const LONGER = { fromMs: 5000, outageRatio: 0.25, toMs: 60_000 };
/** How far a wait that the receiver asked for is spread, as a share of it: it is never shorter than asked for. */
const REFUSED_SPREAD = 0.2;

/** The ends of a session after which it is tried again. */
export type RetriedEnd = Extract<SessionEnd, { kind: 'lost' | 'refused' | 'again' }>;

/**
 * Decides how long to wait before the next connection. Only a connection that lasted makes it begin anew: a receiver that welcomes
 * everybody and then fails, or refuses and asks for no wait, is not stormed.
 */
export class Reconnect {
  readonly #random: () => number;
  #tries = 0;
  #failingSinceMs: number | undefined;
  #connectedAtMs: number | undefined;
  #hasGoneAgain = false;

  /** @param random uniform in [0, 1) */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** The receiver has said WELCOME. @param nowMs of a clock that never jumps */
  connected(nowMs: number): void {
    this.#connectedAtMs = nowMs;
  }

  /** A connection, or the try to make one, has ended: whether it had lasted. To be called before {@link waitMs}. */
  ended(nowMs: number): boolean {
    const hasLasted = this.#connectedAtMs !== undefined && nowMs - this.#connectedAtMs >= STEADY_MS;
    this.#connectedAtMs = undefined;
    if (!hasLasted) return false;
    this.#tries = 0;
    this.#failingSinceMs = undefined;
    this.#hasGoneAgain = false;
    return true;
  }

  /** The wait before the next try, ms; 0 where the log has changed and only a new HELLO can say so, but not twice in a row. */
  waitMs(end: RetriedEnd, nowMs: number): number {
    switch (end.kind) {
      case 'again': {
        const isRepeated = this.#hasGoneAgain;
        this.#hasGoneAgain = true;
        return isRepeated ? this.#backoffMs(nowMs) : 0;
      }
      case 'refused': {
        const spread = 1 + this.#random() * REFUSED_SPREAD;
        return Math.max(end.refusal.retry_after_s * 1000 * spread, this.#backoffMs(nowMs));
      }
      case 'lost':
        return this.#backoffMs(nowMs);
      default:
        return end satisfies never;
    }
  }

  #backoffMs(nowMs: number): number {
    this.#failingSinceMs ??= nowMs;
    const shareMs = (nowMs - this.#failingSinceMs) * LONGER.outageRatio;
    const maxMs = Math.min(LONGER.toMs, Math.max(LONGER.fromMs, shareMs));
    return backoffMs(this.#tries++, { firstMs: FIRST_MS, maxMs }, this.#random);
  }
}
