/** Lets one loop sleep until somebody has news for it. A wake that comes while nobody sleeps is kept. */
export class Wake {
  #isAwake = false;
  #resolve: (() => void) | undefined;

  /** There is news. */
  wake(): void {
    this.#isAwake = true;
    this.#resolve?.();
  }

  /** Resolves at the next {@link wake}, or at once when one came since the last sleep. One sleeper at a time. */
  async sleep(): Promise<void> {
    if (!this.#isAwake) {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    }
    this.#isAwake = false;
    this.#resolve = undefined;
  }
}
