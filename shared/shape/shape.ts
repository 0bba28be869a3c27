/**
 * What values from outside must look like: the few shapes of messages and of small files that a program reads for as long as it runs.
 *
 * The configuration has a schema of zod, which tells a person all that is wrong and makes the documentation. A sender is done with
 * that when it has started, and holding zod for a dozen messages took a fifth of its own memory (docs/benchmarks.md, «Sender»).
 *
 * 1. A shape passes a value on, as new data of its type, or throws a {@link Mismatch} that says where and what it must be.
 * 2. Keys of an object that are not named are left out, not refused: who wrote it may be newer.
 * 3. Everything is bounded by who writes the shape: texts and lists take their limits.
 */

/** Reads a value as a T. `path` is where it stands, for the {@link Mismatch}; empty at the top. */
export type Shape<T> = (value: unknown, path: string) => T;

/** The type that a shape reads. */
export type Read<S> = S extends Shape<infer T> ? T : never;

/** A value that is not what it must be; the message says where it stands and what it must be. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';

  constructor(path: string, must: string) {
    super(path === '' ? must : `${path}: ${must}`);
  }
}

/** Limits of a text: its length in UTF-16 units, and what it matches. */
export interface TextLimits {
  readonly max?: number;
  readonly pattern?: RegExp;
}

/** Limits of a number, or of the length of a list; both belong to what is allowed. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** Any value. */
export const anything: Shape<unknown> = (value) => value;

/** A text. */
export function text({ max = Number.POSITIVE_INFINITY, pattern }: TextLimits = {}): Shape<string> {
  return (value, path) => {
    if (typeof value !== 'string') throw new Mismatch(path, 'must be a text');
    if (value.length > max) throw new Mismatch(path, `must have ${max} characters at most`);
    if (pattern?.test(value) === false) throw new Mismatch(path, `must match ${String(pattern)}`);
    return value;
  };
}

/** A finite number. */
export function number(range: Range = {}): Shape<number> {
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new Mismatch(path, 'must be a number');
    return within(range, value, path, 'be');
  };
}

/** A whole number that is exact: at most 2^53 in size. */
export function whole(range: Range = {}): Shape<number> {
  return (value, path) => {
    if (!Number.isSafeInteger(value)) throw new Mismatch(path, 'must be a whole number');
    return within(range, value as number, path, 'be');
  };
}

/** One of some values. */
export function oneOf<const T extends string | number>(...values: readonly T[]): Shape<T> {
  return (value, path) => {
    const found = values.find((one) => one === value);
    if (found === undefined) throw new Mismatch(path, `must be ${values.join(' or ')}`);
    return found;
  };
}

/** A list, whose length lies in a range. */
export function list<T>(item: Shape<T>, range: Range = {}): Shape<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new Mismatch(path, 'must be a list');
    within(range, value.length, path, 'have a length that is');
    return value.map((one, index) => item(one, join(path, String(index))));
  };
}

/** Something that may be missing. In an object the key is then missing, too. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, path) => (value === undefined ? undefined : shape(value, path));
}

/** Makes something else of what was read; what that throws is a mismatch. */
export function converted<From, To>(shape: Shape<From>, convert: (value: From) => To): Shape<To> {
  return (value, path) => {
    const known = shape(value, path);
    try {
      return convert(known);
    } catch (error) {
      throw new Mismatch(path, error instanceof Error ? error.message : String(error));
    }
  };
}

function within({ min, max }: Range, value: number, path: string, verb: string): number {
  if (min !== undefined && value < min) throw new Mismatch(path, `must ${verb} at least ${min}`);
  if (max !== undefined && value > max) throw new Mismatch(path, `must ${verb} at most ${max}`);
  return value;
}

/** Names what stands below a path. */
export function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
