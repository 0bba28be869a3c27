import type { LogPaths } from '../../shared/log/log.ts';
import { readLogMeta } from '../../shared/log/log-meta.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { pathsOf } from './find-logs.ts';

/** Where the copy of log `id` lies below `root`: as the node's present log, else in the archive, perhaps yet to be made. */
export async function locateLog(root: string, node: NodeName, id: LogId): Promise<LogPaths> {
  const present = pathsOf(root, node, undefined);
  const meta = await readLogMeta(present);
  return meta?.id === id ? present : pathsOf(root, node, id);
}
