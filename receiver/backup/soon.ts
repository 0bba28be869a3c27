import type { Clock } from '../../shared/time/clock.ts';

/** Something that is to be done soon, once for all who ask meanwhile. Disposing forgets it. */
export interface Soon extends Disposable {
  /** Has it done in `ms` milliseconds, or sooner when it is wanted sooner already. */
  within(ms: number): void;
}

/** Makes a duty that can be wanted soon. It must not reject. */
export function makeSoon(duty: () => Promise<void>, clock: Clock): Soon {
  const stop = new AbortController();
  let dueMs = Number.POSITIVE_INFINITY;

  async function wait(ms: number): Promise<void> {
    await clock.sleep(ms, stop.signal);
    // Somebody else wanted it sooner, and it was done.
    if (clock.monotonic() < dueMs) return;
    dueMs = Number.POSITIVE_INFINITY;
    await duty();
  }

  return {
    within(ms) {
      const atMs = clock.monotonic() + ms;
      if (stop.signal.aborted || atMs >= dueMs) return;
      dueMs = atMs;
      wait(ms).catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
    },
    [Symbol.dispose]: () => stop.abort(),
  };
}
