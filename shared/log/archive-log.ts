import { rename, stat } from 'node:fs/promises';
import { errnoOf } from '../errors/errors.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import type { LogId } from '../names/log-id.ts';
import type { LogPaths } from './log.ts';

/**
 * Makes room for log `next` under a node's name: the log that lies there goes, whole, to `node-X@ID` (a reinstalled node has a
 * new log, the old one stays); should `next` itself have been archived earlier, it comes back. Killed half-way, it can be run again.
 */
export async function switchLog(paths: LogPaths, present: LogId | undefined, next: LogId): Promise<void> {
  if (present === next) return;
  if (present !== undefined) {
    // The directory goes last: as long as it lies there, its log.json says what the rest belongs to.
    await renameIfThere(paths.open, archivedOpen(paths, present));
    await renameIfThere(paths.directory, archivedDirectory(paths, present));
  }
  await renameIfThere(archivedDirectory(paths, next), paths.directory);
  await renameIfThere(archivedOpen(paths, next), paths.open);
  await syncDirectory(paths.root);
}

function archivedOpen(paths: LogPaths, id: LogId): string {
  return `${paths.directory}@${id}.log`;
}

function archivedDirectory(paths: LogPaths, id: LogId): string {
  return `${paths.directory}@${id}`;
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await stat(from);
    await rename(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
