import { rename } from 'node:fs/promises';
import { UserError } from '../../shared/errors/errors.ts';
import { syncDirectory } from '../../shared/files/sync-directory.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { type LogMeta, readLogMeta } from '../../shared/log/log-meta.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { pathsOf } from './find-logs.ts';

/** Where the copy of log `id` lies below `root`: as the node's present log, else in the archive, perhaps yet to be made. */
export async function locateLog(root: string, node: NodeName, id: LogId): Promise<LogPaths> {
  const present = pathsOf(root, node, undefined);
  const meta = await readLogMeta(present);
  return meta?.id === id ? present : pathsOf(root, node, id);
}

/**
 * Reads `log.json` of a copy that is about to be written; one that is damaged is set aside, since the id can be had from the other
 * copy. Returns where it lies then, too.
 */
export async function readOwnMeta(
  paths: LogPaths,
): Promise<{ readonly meta: LogMeta | undefined; readonly aside: string | undefined }> {
  try {
    return { meta: await readLogMeta(paths), aside: undefined };
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'LOG_DAMAGED') throw error;
    const aside = `${paths.meta}.damaged-${new Date().toISOString().replaceAll(':', '')}.aside`;
    await rename(paths.meta, aside);
    await syncDirectory(paths.directory);
    return { meta: undefined, aside };
  }
}
