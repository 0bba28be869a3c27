/** How far back the line is fitted, how often a point is taken, and how much there must be of it, ms. */
const WINDOW_MS = 6 * 3_600_000;
const POINT_MS = 300_000;
const LEAST_MS = 3_600_000;

const MAX_POINTS = WINDOW_MS / POINT_MS;

/** What is answered when a file system does not fill, or in more than a year, hours. */
export const NEVER_HOURS = 10_000;

/**
 * In how many hours a file system is full if it goes on as in the last six: by the line through a point every five minutes
 * (least squares), from how full it is now.
 */
export class FillForecast {
  readonly #times: number[] = [];
  readonly #ratios: number[] = [];

  /** Takes the share used; the hours that are left, or undefined while too little is known. Only one call in five minutes does anything. */
  take(ratio: number, nowMs: number): number | undefined {
    const last = this.#times.at(-1);
    // A clock that was set back, or a long silence: what came before says nothing of now.
    if (last !== undefined && (nowMs < last || nowMs - last > LEAST_MS)) this.#forget();
    else if (last !== undefined && nowMs - last < POINT_MS) return undefined;
    this.#times.push(nowMs);
    this.#ratios.push(ratio);
    if (this.#times.length > MAX_POINTS) {
      this.#times.shift();
      this.#ratios.shift();
    }
    if (nowMs - (this.#times[0] ?? nowMs) < LEAST_MS) return undefined;
    const perHour = this.#slope() * 3_600_000;
    if (perHour <= 0) return NEVER_HOURS;
    return Math.min(NEVER_HOURS, Math.max(0, (1 - ratio) / perHour));
  }

  #forget(): void {
    this.#times.length = 0;
    this.#ratios.length = 0;
  }

  /** Of the line that fits best, per ms. */
  #slope(): number {
    const count = this.#times.length;
    const meanTime = this.#times.reduce((sum, time) => sum + time, 0) / count;
    const meanRatio = this.#ratios.reduce((sum, ratio) => sum + ratio, 0) / count;
    let covariance = 0;
    let variance = 0;
    this.#times.forEach((time, index) => {
      covariance += (time - meanTime) * ((this.#ratios[index] ?? 0) - meanRatio);
      variance += (time - meanTime) ** 2;
    });
    return variance === 0 ? 0 : covariance / variance;
  }
}
