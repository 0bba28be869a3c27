import { rename, stat } from 'node:fs/promises';
import { errnoOf } from '../errors/errors.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import type { LogId } from '../names/log-id.ts';
import { readOpenHeader } from './list-segments.ts';
import type { LogPaths } from './log.ts';

/**
 * Makes room for log `next` under a node's name: the log that lies there goes, whole, to `node-X@ID` (a reinstalled node has a
 * new log, the old one stays); should `next` itself have been archived earlier, it comes back. Killed half-way, it can be run again.
 *
 * @param present the id in `log.json`; undefined where there is none.
 */
export async function switchLog(paths: LogPaths, present: LogId | undefined, next: LogId): Promise<void> {
  // In both directions the open segment goes first. As long as the directory lies there, its log.json says what the rest belongs
  // to; and an open segment without a directory is one whose coming back was interrupted: its first line says to what it belongs.
  const opened = (await readOpenHeader(paths))?.log ?? present;
  if (present === next && (opened === undefined || opened === next)) return;
  if (opened !== undefined && opened !== next) await renameIfThere(paths.open, archivedOpen(paths, opened));
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

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await stat(from);
    await rename(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
