import { rename, stat } from 'node:fs/promises';
import { errnoOf } from '../errors/errors.ts';
import { makeDirectory } from '../files/make-directory.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import type { LogId } from '../names/log-id.ts';
import { asidePath } from './aside-path.ts';
import { readOpenHeader } from './list-segments.ts';
import type { LogPaths } from './log.ts';
import { exists } from './seal-segment.ts';

/**
 * Makes room for log `next` under a node's name: the log that lies there goes, whole, to `node-X@ID` (a reinstalled node has a
 * new log, the old one stays); should `next` itself have been archived earlier, it comes back. Killed half-way, it can be run again.
 * An open segment of a log that has one in the archive already is an old copy that somebody put there, and is set aside.
 *
 * @param present the id in `log.json`; undefined where there is none.
 */
export async function switchLog(paths: LogPaths, present: LogId | undefined, next: LogId): Promise<void> {
  // In both directions the open segment goes first. As long as the directory lies there, its log.json says what the rest belongs
  // to; and an open segment without a directory is one whose coming back was interrupted: its first line says to what it belongs.
  const header = await readOpenHeader(paths);
  const opened = header?.log ?? present;
  if (present === next && (opened === undefined || opened === next)) return;
  if (opened !== undefined && opened !== next) {
    const archived = archivedOpen(paths, opened);
    // Where no log lies here, its directory must not be made: another may have to come back to that name.
    const directory = present === undefined ? archivedDirectory(paths, opened) : paths.directory;
    if (await exists(archived)) await setOldCopyAside({ ...paths, directory }, header?.segment ?? 0);
    else await renameIfThere(paths.open, archived);
  }
  if (present !== undefined && present !== next) {
    await renameIfThere(paths.directory, archivedDirectory(paths, present));
  }
  if (present !== next) {
    await renameIfThere(archivedOpen(paths, next), paths.open);
    await renameIfThere(archivedDirectory(paths, next), paths.directory);
  }
  await syncDirectory(paths.root);
}

function archivedOpen(paths: LogPaths, id: LogId): string {
  return `${paths.directory}@${id}.log`;
}

function archivedDirectory(paths: LogPaths, id: LogId): string {
  return `${paths.directory}@${id}`;
}

/** What is archived never gives way to a copy that somebody put in the place of the open segment (invariant 8). */
async function setOldCopyAside(paths: LogPaths, segment: number): Promise<void> {
  await makeDirectory(paths.directory);
  await renameIfThere(paths.open, asidePath(paths, segment, 'foreign'));
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await stat(from);
    await rename(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
