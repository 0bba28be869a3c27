import { readdir } from 'node:fs/promises';
import { errnoOf } from '../../shared/errors/errors.ts';
import { type LogPaths, logPaths } from '../../shared/log/log.ts';
import { type LogId, parseLogId } from '../../shared/names/log-id.ts';
import type { NodeName } from '../../shared/names/node-name.ts';

/** A log that lies below a directory of logs. */
export interface FoundLog {
  readonly node: NodeName;
  /** Its id when it is an archived log of that node (`node-X@ID`), undefined for the node's present one. */
  readonly archivedId: LogId | undefined;
  readonly paths: LogPaths;
}

const PATTERN = /^node-([a-z0-9][a-z0-9-]{0,62})(?:@([0-9a-f-]{36}))?(?:\.log)?$/;

/** Finds all logs below `root`, or those of one node: by name, the present log before the archived ones. */
export async function findLogs(root: string, node?: NodeName): Promise<readonly FoundLog[]> {
  const found = new Map<string, FoundLog>();
  for (const name of (await namesIn(root)).sort()) {
    const match = PATTERN.exec(name);
    const owner = match?.[1] as NodeName | undefined;
    if (owner === undefined || (node !== undefined && node !== owner)) continue;
    const archivedId = parseLogId(match?.[2] ?? '');
    const log = { node: owner, archivedId, paths: pathsOf(root, owner, archivedId) };
    found.set(logName(log), log);
  }
  return [...found.values()].sort((a, b) => (logName(a) < logName(b) ? -1 : 1));
}

/** How people name a log: `node-7`, or `node-7@ID` when it is archived. */
export function logName(log: Pick<FoundLog, 'node' | 'archivedId'>): string {
  return log.archivedId === undefined ? `node-${log.node}` : `node-${log.node}@${log.archivedId}`;
}

/** Where the files of a node's present log, or of its archived log `archivedId`, lie below `root`. */
export function pathsOf(root: string, node: NodeName, archivedId: LogId | undefined): LogPaths {
  if (archivedId === undefined) return logPaths(root, node);
  // An archived log has the same files under the name `node-X@ID`.
  return { ...logPaths(root, `${node}@${archivedId}` as NodeName), node };
}

async function namesIn(root: string): Promise<string[]> {
  return await readdir(root).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
}
