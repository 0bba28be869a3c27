import type { Clock } from './clock.ts';

/** A stretch of time by the clock on the wall, ms since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * Watches when spans are over while the clock on the wall may be set. A span that is first seen has as long to run as the clock
 * says then, but never longer than it is; from then on only the uptime counts. So a clock that is ahead for a minute ends nothing,
 * and what began while it was ahead does not last until the clock gets there again.
 */
export class Spans<Key> {
  readonly #clock: Pick<Clock, 'now' | 'uptime'>;
  readonly #known = new Map<Key, Span & { readonly endMs: number }>();

  constructor(clock: Pick<Clock, 'now' | 'uptime'>) {
    this.#clock = clock;
  }

  /** How long a span has yet to run, ms; 0 when it is over. The same key with other times is another span. */
  leftMs(key: Key, { fromMs, untilMs }: Span): number {
    const nowMs = this.#clock.uptime();
    let known = this.#known.get(key);
    if (known === undefined || known.fromMs !== fromMs || known.untilMs !== untilMs) {
      const leftMs = Math.max(0, Math.min(untilMs - this.#clock.now(), untilMs - fromMs));
      known = { fromMs, untilMs, endMs: nowMs + leftMs };
      this.#known.set(key, known);
    }
    return Math.max(0, known.endMs - nowMs);
  }

  /** Nobody asks for it any more. */
  forget(key: Key): void {
    this.#known.delete(key);
  }
}
