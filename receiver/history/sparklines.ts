import type { Bucket } from './bucket.ts';
import type { Layout } from './layout.ts';

/** The series that the overview shows of every node. */
export const SPARKLINE_SERIES = [
  'cpu.used',
  'mem.ratio',
  'fs.fullest',
  'temp.hottest',
  'net.rx',
  'net.tx',
] as const;

/** Minutes that are remembered. */
export const SPARKLINE_MINUTES = 60;

/** The last hour of one node in memory, a value a minute, so that the overview of a thousand nodes need not read a thousand blocks. */
export class Sparklines {
  readonly #values = new Float32Array(SPARKLINE_SERIES.length * SPARKLINE_MINUTES).fill(Number.NaN);
  readonly #minutes = new Uint32Array(SPARKLINE_MINUTES);

  /** Takes in the means of a minute; doing it again replaces them. */
  put(minute: number, bucket: Bucket, layout: Layout): void {
    const slot = minute % SPARKLINE_MINUTES;
    if (minute < (this.#minutes[slot] ?? 0)) return;
    this.#minutes[slot] = minute;
    SPARKLINE_SERIES.forEach((name, index) => {
      const column = layout.find(name) ?? -1;
      const isKnown = (bucket.count[column] ?? 0) > 0;
      this.#values[index * SPARKLINE_MINUTES + slot] = isKnown ? (bucket.mean[column] ?? 0) : Number.NaN;
    });
  }

  /** Writes the hour that ends with `minute`, series by series, oldest first, to `target`; NaN where nothing is known. */
  copy(minute: number, target: Float32Array): void {
    for (let index = 0; index < SPARKLINE_SERIES.length; index++) {
      for (let point = 0; point < SPARKLINE_MINUTES; point++) {
        const wanted = minute - SPARKLINE_MINUTES + 1 + point;
        const slot = wanted % SPARKLINE_MINUTES;
        const isThere = this.#minutes[slot] === wanted;
        target[index * SPARKLINE_MINUTES + point] = isThere
          ? (this.#values[index * SPARKLINE_MINUTES + slot] ?? Number.NaN)
          : Number.NaN;
      }
    }
  }
}
