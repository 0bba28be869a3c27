import { longestWaitMs } from '../../shared/protocol/reconnect-wait.ts';
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
/** So many connections in a row that were welcomed and did not last count as a receiver that is being started again. */
const MAX_RESTARTS = 3;
/** How far a wait that the receiver asked for is spread, as a share of it: it is never shorter than asked for. */
const REFUSED_SPREAD = 0.2;

/** The ends of a session after which it is tried again. */
export type RetriedEnd = Extract<SessionEnd, { kind: 'lost' | 'refused' | 'again' }>;

/**
 * Decides how long to wait before the next connection. A connection that lasted makes it begin again. One that was welcomed and did
 * not last ends the outage, so that a receiver that is restarted twice has its nodes back within seconds; but only a few in a row
 * do: a receiver that welcomes everybody and then fails, or refuses and asks for no wait, is not stormed.
 */
export class Reconnect {
  readonly #random: () => number;
  #tries = 0;
  #failingSinceMs: number | undefined;
  #connectedAtMs: number | undefined;
  #hasGoneAgain = false;
  /** Connections in a row that were welcomed and did not last. */
  #shortOnes = 0;

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
    const connectedAtMs = this.#connectedAtMs;
    this.#connectedAtMs = undefined;
    if (connectedAtMs === undefined) return false;
    const hasLasted = nowMs - connectedAtMs >= STEADY_MS;
    this.#shortOnes = hasLasted ? 0 : this.#shortOnes + 1;
    // The receiver was there: the outage before is over. Whether it stays is another matter, and the waits go on growing.
    if (this.#shortOnes <= MAX_RESTARTS) this.#failingSinceMs = undefined;
    if (!hasLasted) return false;
    this.#tries = 0;
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
    const maxMs = longestWaitMs(nowMs - this.#failingSinceMs);
    return backoffMs(this.#tries++, { firstMs: FIRST_MS, maxMs }, this.#random);
  }
}
