const DAY_MS = 86_400_000;
/** Share of the limit at which the administrator is told. */
const NEAR = 0.8;

/** How much was sent today, beside what is allowed. */
export type VolumeState = 'fine' | 'near' | 'over';

/** Counts what one node sends in a day, which ends at midnight UTC. */
export class DailyVolume {
  readonly #limitBytes: number;
  #day = -1;
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Bytes that may still come today. */
  leftBytes(nowMs: number): number {
    this.#turnDay(nowMs);
    return Math.max(0, this.#limitBytes - this.#bytes);
  }

  /** Counts what came. */
  add(bytes: number, nowMs: number): VolumeState {
    this.#turnDay(nowMs);
    this.#bytes += bytes;
    if (this.#bytes >= this.#limitBytes) return 'over';
    return this.#bytes >= this.#limitBytes * NEAR ? 'near' : 'fine';
  }

  #turnDay(nowMs: number): void {
    const day = Math.floor(nowMs / DAY_MS);
    if (day === this.#day) return;
    this.#day = day;
    this.#bytes = 0;
  }
}

/** Seconds until the next midnight UTC. */
export function secondsToMidnight(nowMs: number): number {
  return Math.ceil((DAY_MS - (nowMs % DAY_MS)) / 1000);
}
