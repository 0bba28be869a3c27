import { rename, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { errnoOf } from '../errors/errors.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { asidePath } from './aside-path.ts';
import type { FileChange } from './file-change.ts';
import { type LogPaths, plainSegmentPath, sealedSegmentPath } from './log.ts';

/** Sets the file of a segment aside, plain or sealed, since another copy of it is to take its place (invariant 8). */
export async function giveWay(paths: LogPaths, segment: number): Promise<FileChange> {
  const plain = await setAside(paths, segment, plainSegmentPath(paths, segment));
  const sealed = await setAside(paths, segment, sealedSegmentPath(paths, segment));
  const { name: aside, bytes: writtenBytes } = plain ?? sealed ?? { name: undefined, bytes: 0 };
  return { segment, fault: 'differs', writtenBytes, keptBytes: 0, aside };
}

async function setAside(
  paths: LogPaths,
  segment: number,
  path: string,
): Promise<{ readonly name: string; readonly bytes: number } | undefined> {
  try {
    const { size: bytes } = await stat(path);
    const target = asidePath(paths, segment, 'differs');
    await rename(path, target);
    await syncDirectory(paths.directory);
    return { name: basename(target), bytes };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
