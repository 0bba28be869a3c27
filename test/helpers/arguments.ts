import { basename, isAbsolute } from 'node:path';

/** The argument at a position of a program of the tests. @throws Error that names it when it is missing or empty */
export function argument(position: number, name: string): string {
  const value = process.argv[2 + position];
  if (value === undefined || value === '')
    throw new Error(`${basename(process.argv[1] ?? '')} needs ${name} as argument ${position + 1}`);
  return value;
}

/**
 * A directory that a program of the tests is to write in. It has to be absolute: an empty one would be where the program was started,
 * which is the repository.
 *
 * @throws Error when it is something else
 */
export function absoluteDirectory(value: unknown): string {
  if (typeof value !== 'string' || !isAbsolute(value))
    throw new Error(`${JSON.stringify(value)} is not an absolute directory`);
  return value;
}
