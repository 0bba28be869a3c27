import { inspect } from 'node:util';
import { describeError, UsageError, UserError } from '../errors/errors.ts';
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

/**
 * Exit codes of the programs, beside 0: `FAILED`, `USAGE` (wrong usage or configuration), and `NOT_PROVEN` (`verify` found nothing wrong
 * and could not look at everything).
 */
export const EXIT_CODES = { FAILED: 1, USAGE: 2, NOT_PROVEN: 3 } as const;

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): (typeof EXIT_CODES)[keyof typeof EXIT_CODES] {
  if (error instanceof UsageError) return EXIT_CODES.USAGE;
  const isNotProven = error instanceof UserError && error.code === 'NOT_PROVEN';
  return isNotProven ? EXIT_CODES.NOT_PROVEN : EXIT_CODES.FAILED;
}
