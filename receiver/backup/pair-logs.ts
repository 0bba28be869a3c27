import { UserError } from '../../shared/errors/errors.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { readLogMeta } from '../../shared/log/log-meta.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { type FoundLog, findLogs, logName, pathsOf } from './find-logs.ts';

/** The live copy and the mirror of one log. */
export interface LogPair {
  /** `node-7`, or `node-7@ID` when it is archived. */
  readonly name: string;
  readonly node: NodeName;
  readonly isArchived: boolean;
  /** Where the copies lie, or would lie. */
  readonly live: LogPaths;
  readonly mirror: LogPaths | undefined;
  /** Its id, where one of the copies or the receiver says it. */
  readonly log: LogId | undefined;
}

interface Identified extends FoundLog {
  /** Undefined where `log.json` does not say. */
  readonly id: LogId | undefined;
}

/**
 * Finds the copies of each log, by its id: between two runs of the mirror a node may have got a new log, and the same name then means
 * two logs. Sorted by name.
 *
 * @param known logs that should be there, whatever is found
 * @param mirrorRoot undefined when there is no mirror.
 */
export async function pairLogs(
  logsRoot: string,
  mirrorRoot: string | undefined,
  node?: NodeName,
  known: readonly { readonly node: NodeName; readonly log: LogId }[] = [],
): Promise<readonly LogPair[]> {
  const live = await identify(await findLogs(logsRoot, node));
  const mirrored = mirrorRoot === undefined ? [] : await identify(await findLogs(mirrorRoot, node));
  const partnerOf = (log: Identified) => mirrored.find((other) => isSameLog(log, other));
  const partners = new Set(live.map(partnerOf));
  const pairs = [
    ...live.map((log) => pair(log, log.paths, partnerOf(log)?.paths ?? absentPaths(mirrorRoot, log))),
    ...mirrored
      .filter((log) => !partners.has(log))
      .map((log) => pair(log, absentPaths(logsRoot, log) ?? log.paths, log.paths)),
  ];
  for (const { node: name, log: id } of known) {
    if (pairs.some((one) => one.node === name && (one.log === id || one.log === undefined))) continue;
    const place = pairs.some((one) => one.node === name) ? id : undefined;
    const log = { node: name, archivedId: undefined, paths: pathsOf(logsRoot, name, place), id };
    pairs.push(pair(log, log.paths, absentPaths(mirrorRoot, log)));
  }
  return pairs.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function pair(log: Identified, live: LogPaths, mirror: LogPaths | undefined): LogPair {
  const { node, archivedId, id } = log;
  return { name: logName(log), node, isArchived: archivedId !== undefined, live, mirror, log: id };
}

/** Where a copy would lie that is not there: never where another log of that name lies. */
function absentPaths(root: string | undefined, log: Identified): LogPaths | undefined {
  return root === undefined ? undefined : pathsOf(root, log.node, log.id ?? log.archivedId);
}

function isSameLog(a: Identified, b: Identified): boolean {
  if (a.node !== b.node) return false;
  if (a.id !== undefined && b.id !== undefined) return a.id === b.id;
  return logName(a) === logName(b);
}

async function identify(logs: readonly FoundLog[]): Promise<readonly Identified[]> {
  const identified: Identified[] = [];
  for (const log of logs) identified.push({ ...log, id: (await idOf(log.paths)) ?? log.archivedId });
  return identified;
}

async function idOf(paths: LogPaths): Promise<LogId | undefined> {
  try {
    return (await readLogMeta(paths))?.id;
  } catch (error) {
    // A damaged log.json is a finding of whoever reads that copy.
    if (error instanceof UserError && error.code === 'LOG_DAMAGED') return undefined;
    throw error;
  }
}
