import type { Logger } from '../shared/logging/logger.ts';
import { systemClock } from '../shared/time/clock.ts';

/** Options of {@link startReplaceable}. */
export interface ReplaceableOptions<Config, Part extends AsyncDisposable> {
  readonly config: Config;
  readonly start: (config: Config) => Promise<Part>;
  readonly log: Logger;
}

/** A part of the program that can be started anew with another configuration. */
export interface Replaceable<Config, Part> extends AsyncDisposable {
  /** The one that runs; while it is being replaced, the one before. */
  readonly present: Part;
  /** Ends it and starts it with `config`. Not for overlapping calls. @throws what its start throws; it then runs as before */
  replace(config: Config): Promise<void>;
}

const RETRY_MS = 5_000;

/** Starts a part. @throws what its start throws */
export async function startReplaceable<Config, Part extends AsyncDisposable>(
  options: ReplaceableOptions<Config, Part>,
): Promise<Replaceable<Config, Part>> {
  const { start, log } = options;
  const ending = new AbortController();
  let { config } = options;
  let present = await start(config);
  let isRunning = true;

  /** What ran a moment ago runs again, unless somebody has taken its port meanwhile; then soon. */
  async function startAsBefore(): Promise<void> {
    for (;;) {
      try {
        present = await start(config);
        isRunning = true;
        return;
      } catch (err) {
        log.error({ err }, 'a part of the receiver cannot be started again as it was; it is tried again');
        await systemClock.sleep(RETRY_MS, ending.signal);
      }
    }
  }

  return {
    get present() {
      return present;
    },
    async replace(next) {
      isRunning = false;
      await present[Symbol.asyncDispose]();
      try {
        present = await start(next);
        config = next;
        isRunning = true;
      } catch (error) {
        await startAsBefore();
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      if (isRunning) await present[Symbol.asyncDispose]();
    },
  };
}
