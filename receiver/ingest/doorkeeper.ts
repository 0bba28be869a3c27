/**
 * Counts the connections of a worker that have not said who they are, so that strangers cannot use up memory and sockets. What has
 * proven who it is does not count any more.
 */
export class Doorkeeper {
  readonly #max: number;
  readonly #maxPerAddress: number;
  readonly #byAddress = new Map<string, number>();
  #count = 0;

  /** Limits of this worker alone. */
  constructor(max: number, maxPerAddress: number) {
    this.#max = max;
    this.#maxPerAddress = maxPerAddress;
  }

  /** How many there are now. */
  get count(): number {
    return this.#count;
  }

  /** A connection comes; undefined when it is one too many, else what to call once when it has proven who it is, or ended. */
  enter(address: string): (() => void) | undefined {
    const ofAddress = this.#byAddress.get(address) ?? 0;
    if (this.#count >= this.#max || ofAddress >= this.#maxPerAddress) return undefined;
    this.#count += 1;
    this.#byAddress.set(address, ofAddress + 1);
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#leave(address);
    };
  }

  #leave(address: string): void {
    this.#count -= 1;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }
}
