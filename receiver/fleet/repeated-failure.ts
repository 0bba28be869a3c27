import { describeError } from '../../shared/errors/errors.ts';
import type { Logger } from '../../shared/logging/logger.ts';

/** Logs a failure that may go on for hours when it begins, when it changes and when it ends. */
export interface RepeatedFailure {
  failed(error: unknown): void;
  succeeded(): void;
}

/** Logs under this message. */
export function repeatedFailure(log: Logger, message: string): RepeatedFailure {
  let known: string | undefined;
  return {
    failed(err) {
      const description = describeError(err);
      if (description !== known) log.error({ err }, message);
      known = description;
    },
    succeeded() {
      if (known !== undefined) log.info(`${message}: over`);
      known = undefined;
    },
  };
}
