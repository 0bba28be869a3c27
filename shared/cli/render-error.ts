import { inspect } from 'node:util';
import { describeError, UsageError } from '../errors/errors.ts';
import { toUserError } from '../errors/system-error.ts';

/** Options of {@link renderError}. */
export interface RenderErrorOptions {
  /** Print the stack even of an error that a person can mend. */
  readonly isDebug: boolean;
}

/** What the command line prints of an error, for standard error; ends in a newline. */
export function renderError(error: unknown, options: RenderErrorOptions): string {
  const known = toUserError(error);
  const lines = [`error: ${describeError(known ?? error)}`];
  if (known === undefined) {
    lines.push('This is a bug in fleetkeep. Please report it, with the lines below.', inspect(error));
  } else {
    if (known.hint !== undefined) lines.push(`hint: ${known.hint}`);
    if (options.isDebug) lines.push(inspect(error));
  }
  return `${lines.join('\n')}\n`;
}

/** The exit code for an error that ended a command: 2 for wrong usage or configuration, otherwise 1. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof UsageError ? 2 : 1;
}
