import type { Clock } from './clock.ts';

/** A clock that is corrected by less than this was not set, ms. */
const CORRECTION_MS = 60_000;

/** How long a clock has to go on before it is believed, ms. */
const STEADY_MS = 3_600_000;

/**
 * Says whether the clock on the wall can be believed by those who delete what is old: it has not been set for an hour, nor has
 * this program just been started. A clock that jumps a year ahead makes everything look old.
 */
export class SteadyWall {
  readonly #clock: Pick<Clock, 'now' | 'uptime'>;
  #bootedMs: number;
  #sinceMs: number;

  constructor(clock: Pick<Clock, 'now' | 'uptime'>) {
    this.#clock = clock;
    this.#bootedMs = clock.now() - clock.uptime();
    this.#sinceMs = clock.uptime();
  }

  /** Whether it is so now; to be asked at least once an hour. */
  isSteady(): boolean {
    const uptimeMs = this.#clock.uptime();
    const bootedMs = this.#clock.now() - uptimeMs;
    if (Math.abs(bootedMs - this.#bootedMs) > CORRECTION_MS) this.#sinceMs = uptimeMs;
    this.#bootedMs = bootedMs;
    return uptimeMs - this.#sinceMs >= STEADY_MS;
  }
}
