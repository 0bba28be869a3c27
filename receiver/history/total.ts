import { stackedOf } from './stacked-of.ts';

/**
 * What all interfaces, or all disks, of a sample carry together. Those that stand on others are
 * left out: their bytes pass the others, too.
 */
export class Total {
  readonly #stacked: ReadonlySet<unknown>;
  #isKnown = false;
  #in = 0;
  #out = 0;

  constructor(sample: Readonly<Record<string, unknown>>, group: 'net' | 'disk') {
    this.#stacked = stackedOf(sample, group);
  }

  /**
   * Adds an interface or a disk. @param rate of a counter of its row; the first is what comes in,
   * the second what goes out
   */
  add(name: string, rate: (index: number) => number | undefined): void {
    if (this.#stacked.has(name)) return;
    this.#isKnown = true;
    // A sum of which a part is not known would be a dip that never was.
    this.#in += rate(0) ?? Number.NaN;
    this.#out += rate(1) ?? Number.NaN;
  }

  /** Gives the two sums; none where nothing was added, or a part is not known. */
  put(put: (name: string, value: number) => void, into: string, out: string): void {
    if (!this.#isKnown) return;
    if (!Number.isNaN(this.#in)) put(into, this.#in);
    if (!Number.isNaN(this.#out)) put(out, this.#out);
  }
}
