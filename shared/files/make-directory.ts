import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '../errors/errors.ts';

/**
 * Makes a directory, and those above it that are missing; one that is there is left as it is.
 *
 * Not `mkdir` with `recursive`, which never ends, one processor busy, where a file system answers ENOENT although the directory
 * above is there, as `/proc` does. That was seen with Node.js 24.21.
 *
 * @param mode permissions of those that are made
 * @throws the system's error
 */
export async function makeDirectory(path: string, mode?: number): Promise<void> {
  try {
    await makeOne(path, mode);
  } catch (error) {
    const parent = dirname(path);
    if (errnoOf(error) !== 'ENOENT' || parent === path) throw error;
    await makeDirectory(parent, mode);
    await makeOne(path, mode);
  }
}

/** As {@link makeDirectory}, while everything else waits. */
export function makeDirectorySync(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
    const parent = dirname(path);
    if (errnoOf(error) !== 'ENOENT' || parent === path) throw error;
    makeDirectorySync(parent);
    mkdirSync(path);
  }
}

async function makeOne(path: string, mode: number | undefined): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    // What the system says first of a directory that is there differs: EEXIST, EROFS, EISDIR.
    if (errnoOf(error) === 'ENOENT' || !(await isDirectory(path))) throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
