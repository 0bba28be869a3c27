import { type Quantum, quantumOf } from './quantum.ts';

/** Series that one node may have at once; more are passed over. A machine with a hundred disks and interfaces has about a thousand. */
export const MAX_SERIES = 2048;

/** Longest name of a series, characters. */
const MAX_NAME = 160;

/** Which series stand in which column. Grows as a node shows more of itself, and never shrinks while it is used. */
export class Layout {
  readonly #names: string[] = [];
  readonly #quanta: Quantum[] = [];
  readonly #columns = new Map<string, number>();
  #next = 0;

  constructor(names: readonly string[] = []) {
    for (const name of names) this.column(name);
  }

  /** In the order of the columns. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** How exactly each column is stored. */
  get quanta(): readonly Quantum[] {
    return this.#quanta;
  }

  /** How many columns there are. */
  get size(): number {
    return this.#names.length;
  }

  /** The column of a series, which is added when it is new; -1 when there is no room for it. */
  column(name: string): number {
    const known = this.find(name);
    if (known !== undefined) return known;
    if (!this.takes(name)) return -1;
    this.#columns.set(name, this.#names.length);
    this.#quanta.push(quantumOf(name));
    return this.#names.push(name) - 1;
  }

  /** Whether there is room for a new series of this name. */
  takes(name: string): boolean {
    return this.#names.length < MAX_SERIES && name.length <= MAX_NAME;
  }

  /** The column of a series; undefined when it has none. */
  find(name: string): number | undefined {
    // Samples name their series in the same order every time, so the one after the last is a good guess.
    if (this.#names[this.#next] === name) return this.#next++;
    const known = this.#columns.get(name);
    if (known !== undefined) this.#next = known + 1;
    return known;
  }
}
