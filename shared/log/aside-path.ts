import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type LogPaths, segmentName } from './log.ts';

/** A name, not taken yet, for a file of a segment that is set aside (invariant 8). `reason` becomes part of it. */
export function asidePath(paths: LogPaths, segment: number, reason: string): string {
  const stamp = new Date().toISOString().replaceAll(':', '');
  for (let count = 0; ; count++) {
    const name = `${segmentName(segment)}.${reason}-${stamp}${count === 0 ? '' : `-${count}`}.aside`;
    const path = join(paths.directory, name);
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return path;
  }
}
