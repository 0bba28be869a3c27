import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, errnoOf, UserError } from '../../shared/errors/errors.ts';
import { makeDirectory } from '../../shared/files/make-directory.ts';
import { switchLog } from '../../shared/log/archive-log.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { mendMeta, readOwnMeta } from '../../shared/log/own-meta.ts';
import { type LogReport, verifyLog } from '../../shared/log/verify-log.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { LogCopies } from './copies-report.ts';
import { copyLog } from './copy-log.ts';
import { type CopyNote, describeNote } from './copy-note.ts';
import { type FoundLog, findLogs, logName, pathsOf } from './find-logs.ts';
import { locateLog } from './locate-log.ts';
import { readMarker } from './marker.ts';
import { spliceOpen } from './splice-open.ts';
import { verifyCopies } from './verify-copies.ts';

/** Options of {@link restoreLogs}. */
export interface RestoreOptions {
  readonly logsRoot: string;
  /** `to_directory`. */
  readonly mirrorDirectory: string;
  /** `mirror.json`, on the receiver's own disk. */
  readonly recordPath: string;
  /** The node whose log is restored; when not given, every log of the mirror is, the archived ones included. */
  readonly node?: NodeName | undefined;
  /** Boot id of this machine. */
  readonly bootId: string;
  /** Whether somebody writes the live log of a node: it is connected. Asked before, and while bytes are written. */
  readonly isBusy: (node: NodeName) => boolean;
  readonly onProgress?: ((progress: RestoreProgress) => unknown) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How far a restore is. */
export interface RestoreProgress {
  /** The log being restored. */
  readonly name: string;
  /** Its place among those to be restored, from 1, and how many there are. */
  readonly index: number;
  readonly count: number;
  readonly writtenBytes: number;
}

/** What became of one log. */
export type RestoredLog =
  | {
      readonly kind: 'restored';
      readonly name: string;
      /** Written to the live log, bytes; 0 when it lacked nothing. */
      readonly writtenBytes: number;
      /** Files of the live log that were damaged or differed, where they lie now. */
      readonly asidePaths: readonly string[];
      /** What could not be mended, sentences without a full stop. */
      readonly notes: readonly string[];
      /** The copies as they are afterwards, both read from beginning to end. */
      readonly copies: LogCopies | undefined;
    }
  /** The node is connected; nothing was touched, or no more than sound bytes added. */
  | { readonly kind: 'busy'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly detail: string };

/**
 * Rebuilds live logs from the mirror: adds what they lack, and replaces what is damaged or differs, which is set aside, never
 * deleted. What is newer than the mirror stays where it is sound; where it is not, the senders bring it again. The caller sees to
 * it that no sender of these nodes is let in meanwhile. May be killed and run again.
 *
 * @throws UserError `MIRROR_UNUSABLE` when there is no mirror, `FORMAT_NEWER` when a newer version writes it, `NODE_UNKNOWN` when it has
 *   no log of that node; the reason of `signal`.
 */
export async function restoreLogs(options: RestoreOptions): Promise<readonly RestoredLog[]> {
  const { mirrorDirectory, node } = options;
  const marker = await readMarker(mirrorDirectory);
  if (marker.kind === 'newer') throw marker.error;
  if (marker.kind !== 'found') {
    const hint = 'Is the drive mounted?';
    throw new UserError('MIRROR_UNUSABLE', `${mirrorDirectory} is not there or is no mirror`, { hint });
  }
  const found = await findLogs(join(mirrorDirectory, 'logs'), node);
  const chosen = found.filter(({ archivedId }) => node === undefined || archivedId === undefined);
  if (node !== undefined && chosen.length === 0) {
    throw new UserError('NODE_UNKNOWN', `the mirror has no log of node ${node}`);
  }
  await makeDirectory(options.logsRoot);
  const restored: RestoredLog[] = [];
  for (const [index, log] of chosen.entries()) {
    options.signal?.throwIfAborted();
    const place = { name: logName(log), index: index + 1, count: chosen.length };
    restored.push(await restoreOne(options, log, place));
  }
  return restored;
}

/** The node connected while its log was being restored. */
class BusyError extends Error {
  override readonly name = 'BusyError';
}

async function restoreOne(
  options: RestoreOptions,
  log: FoundLog,
  place: Omit<RestoreProgress, 'writtenBytes'>,
): Promise<RestoredLog> {
  const { name } = place;
  let writtenBytes = 0;
  const onWritten = (bytes: number) => {
    if (options.isBusy(log.node)) throw new BusyError();
    writtenBytes += bytes;
    options.onProgress?.({ ...place, writtenBytes });
  };
  try {
    if (options.isBusy(log.node)) return { kind: 'busy', name };
    return await mend(options, log, onWritten);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof BusyError) return { kind: 'busy', name };
    return { kind: 'failed', name, detail: describeError(error) };
  }
}

/** What the list of files that were set aside tells as well. */
const TOLD: ReadonlySet<CopyNote['kind']> = new Set(['set-aside', 'mended']);

async function mend(
  options: RestoreOptions,
  log: FoundLog,
  onWritten: (bytes: number) => void,
): Promise<RestoredLog> {
  const { bootId, signal } = options;
  const source = log.paths;
  const id = await mendMeta(source);
  if (id === undefined)
    throw new UserError(
      'LOG_DAMAGED',
      `${source.meta} and the first lines of all segments are missing or damaged, so nobody knows which log this is`,
    );
  const target = await prepareLive(options.logsRoot, log, id);
  const before = await asidesIn(target);
  const [live, mirror] = [await verifyLog(target, { signal }), await verifyLog(source, { signal })];
  await spliceOpen(live, mirror);
  // A hint that may be older than the damage: here every byte counts as it lies there.
  await rm(target.checkpoint, { force: true });
  const damaged = new Set(damagedSegments(live));
  // Where the two differ and the mirror is sound, the live file has been mended by now: nothing gives way to what is shorter.
  const whenOpenDiffers = () => 'keep' as const;
  const outcome = await copyLog({ source, target, id, bootId, damaged, whenOpenDiffers, onWritten, signal });
  const asidePaths = [...(await asidesIn(target))].filter((path) => !before.has(path)).sort();
  return {
    kind: 'restored',
    name: logName(log),
    writtenBytes: outcome.writtenBytes,
    asidePaths,
    notes: outcome.notes.filter(({ kind }) => !TOLD.has(kind)).map(describeNote),
    copies: await verifyAfterwards(options, log.node, id),
  };
}

/** Where the live copy of log `id` is, or goes: in the archive when the node has another log by now. */
async function prepareLive(logsRoot: string, log: FoundLog, id: LogId): Promise<LogPaths> {
  const present = pathsOf(logsRoot, log.node, undefined);
  const { meta } = await readOwnMeta(present);
  if (log.archivedId === undefined && meta === undefined) {
    await switchLog(present, undefined, id);
    return present;
  }
  const target = await locateLog(logsRoot, log.node, id);
  await readOwnMeta(target);
  return target;
}

function damagedSegments(report: LogReport): readonly number[] {
  return report.segments.filter(({ problems }) => problems.length > 0).map(({ number }) => number);
}

async function verifyAfterwards(
  options: RestoreOptions,
  node: NodeName,
  id: LogId,
): Promise<LogCopies | undefined> {
  const { logsRoot, mirrorDirectory, recordPath, bootId, signal } = options;
  const { logs } = await verifyCopies({
    ...{ logsRoot, mirrorDirectory, recordPath, bootId, node, signal },
    // The nodes are not asked: nothing of theirs was touched.
    known: [],
  });
  return logs.find((copies) => copies.log === id);
}

async function asidesIn(paths: LogPaths): Promise<ReadonlySet<string>> {
  const names = await readdir(paths.directory).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
  return new Set(names.filter((name) => name.endsWith('.aside')).map((name) => join(paths.directory, name)));
}
