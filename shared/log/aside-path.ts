import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors/errors.ts';
import { type LogPaths, segmentName } from './log.ts';

/** A name, not taken yet, for a file of a segment that is set aside (invariant 8). `reason` becomes part of it. */
export async function asidePath(paths: LogPaths, segment: number, reason: string): Promise<string> {
  const stamp = new Date().toISOString().replaceAll(':', '');
  for (let count = 0; ; count++) {
    const name = `${segmentName(segment)}.${reason}-${stamp}${count === 0 ? '' : `-${count}`}.aside`;
    const path = join(paths.directory, name);
    if (await isFree(path)) return path;
  }
}

async function isFree(path: string): Promise<boolean> {
  try {
    await stat(path);
    return false;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return true;
    throw error;
  }
}
