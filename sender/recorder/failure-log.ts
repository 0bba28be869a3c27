import { describeError } from '../../shared/errors/errors.ts';
import type { Logger } from '../../shared/logging/logger.ts';

/** What is said of a duty; both are constant. */
export interface FailureMessages {
  readonly failed: string;
  readonly worksAgain: string;
}

/** Tells in the program's log of a duty that is done again and again: when its failing begins, changes and ends. */
export class FailureLog {
  readonly #log: Logger;
  readonly #messages: FailureMessages;
  #reason: string | undefined;

  constructor(log: Logger, messages: FailureMessages) {
    this.#log = log;
    this.#messages = messages;
  }

  /** The duty, telling {@link done}. What it throws has to reach {@link failed}. */
  watch(duty: () => Promise<void>): () => Promise<void> {
    return async () => {
      await duty();
      this.done();
    };
  }

  /** The duty was done. */
  done(): void {
    if (this.#reason === undefined) return;
    this.#reason = undefined;
    this.#log.info(this.#messages.worksAgain);
  }

  /** The duty failed. */
  readonly failed = (error: unknown): void => {
    const reason = describeError(error);
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#log.error({ err: error }, this.#messages.failed);
  };
}
