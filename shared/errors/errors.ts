/**
 * Errors and how a person sees them.
 *
 * 1. An *expected* outcome (refused, behind, torn tail) is a returned value, never an exception.
 * 2. A *failure* is thrown with the thing, the value and what is allowed in its message, and its cause attached;
 *    a message never repeats its cause, because {@link describeError} prints the whole chain.
 * 3. A class exists only where a caller branches on it. A {@link UserError} is one that a person can mend; the
 *    command line prints its message and hint, without a stack.
 */

import { inspect } from 'node:util';
import type { ErrorCode } from './codes.ts';

/** Options of a {@link UserError}. */
export interface UserErrorOptions extends ErrorOptions {
  /** What to do about it: one sentence for the person who meets the error. */
  readonly hint?: string | undefined;
}

/** A failure that the person at the keyboard can mend: shown as message and hint, never as a stack trace. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  /** Stable code, from the catalogue in `codes.ts`. */
  readonly code: ErrorCode;
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: UserErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.hint = options.hint;
  }
}

/** Wrong usage or configuration: the programs end with exit code 2 instead of 1. */
export class UsageError extends UserError {
  override readonly name = 'UsageError';
}

/**
 * The whole chain of an error, `a: b: c`, each error told once. What was thrown without being an Error is printed as it
 * is. Never throws itself.
 */
export function describeError(error: unknown): string {
  return describeChain(error, new Set());
}

/** @param seen errors already told: a cause may lead back to where it began. */
function describeChain(error: unknown, seen: Set<Error>): string {
  const parts: string[] = [];
  let current = error;
  while (current instanceof Error && !seen.has(current)) {
    seen.add(current);
    parts.push(describeOne(current, seen));
    current = current.cause;
  }
  const isEnd = current instanceof Error || current === undefined || current === null;
  if (!isEnd || parts.length === 0) parts.push(describeOther(current));
  return parts.filter((part, index) => part !== '' && part !== parts[index - 1]).join(': ');
}

function describeOne(error: Error, seen: Set<Error>): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((one) => describeChain(one, seen)).join('; ');
  }
  return error.message === '' ? error.name : error.message;
}

function describeOther(thrown: unknown): string {
  if (thrown instanceof Error) return '';
  return typeof thrown === 'string' ? thrown : inspect(thrown, { breakLength: Number.POSITIVE_INFINITY });
}

/** The `code` that the system or Node.js gave an error (`ENOSPC`, `ECONNREFUSED`, …); undefined for everything else. */
export function errnoOf(error: unknown): string | undefined {
  if (error instanceof UserError) return undefined;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}
