import { rename, rm } from 'node:fs/promises';
import { makeDirectory } from '../files/make-directory.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import type { LogId } from '../names/log-id.ts';
import { asidePath } from './aside-path.ts';
import { finishSealing } from './finish-sealing.ts';
import { listSegments, readOpenHeader } from './list-segments.ts';
import { type LogPaths, plainSegmentPath, sealedSegmentPath } from './log.ts';
import { readLogMeta, writeLogMeta } from './log-meta.ts';
import { OpenSegment } from './open-segment.ts';
import { recoverOpen } from './recover-open.ts';
import type { SoundPrefix } from './recover-tail.ts';
import { exists } from './seal-segment.ts';
import type { Sealer } from './sealer.ts';
import { MAX_HEADER_BYTES } from './segment-header.ts';
import { readSegmentRecords, type SegmentRecord } from './segment-records.ts';

/** Options of `openLogFollower`. */
export interface LogFollowerOptions {
  readonly paths: LogPaths;
  /** Id of the log that is followed. A copy of another log must have been archived before. */
  readonly id: LogId;
  /** Boot id of this machine. */
  readonly bootId: string;
  readonly sealer: Sealer;
  /** How old a checkpoint gets at most while the copy grows, ms; 30 s unless said otherwise. */
  readonly checkpointMs?: number | undefined;
}

/** Where a copy that follows its writer goes on. */
export interface FollowerState {
  readonly open: OpenSegment | undefined;
  /** The segment that comes next where none is open; undefined for an empty copy. */
  readonly next: number | undefined;
}

/** Finds out where a copy goes on, after making good what a kill or a power cut left (invariants 5 and 7). */
export async function recoverFollower(options: LogFollowerOptions): Promise<FollowerState> {
  const { paths, id, bootId } = options;
  await makeDirectory(paths.directory);
  const meta = await readLogMeta(paths);
  if (meta !== undefined && meta.id !== id) {
    throw new Error(
      `${paths.directory} is a copy of log ${meta.id}, not of ${id}: it has to be archived first`,
    );
  }
  const header = await readOpenHeader(paths);
  if (header !== undefined && header.log !== id) {
    throw new Error(`${paths.open} belongs to log ${header.log}, not to ${id}: it has to be archived first`);
  }
  const prefix = await recoverOpen(paths, meta?.bootId, bootId);
  if (meta?.bootId !== bootId) {
    await writeLogMeta(paths, { id, bootId, cleanEnd: undefined, interrupted: [] });
  }
  await finishSealing(paths);
  const { sealed, lost, droppedTo } = await readSegmentRecords(paths);
  const stored = (await listSegments(paths)).filter(({ kind }) => kind !== 'open');
  for (const { number } of stored.filter(({ kind }) => kind === 'closed')) {
    options.sealer.enqueue({ paths, number, expected: sealed.get(number) });
  }
  // A record alone does not count: the segment was lost, or a kill came between record and file. It is asked for again.
  const last = Math.max(droppedTo, ...lost.map(({ to }) => to), ...stored.map(({ number }) => number));
  return await takeUp(options, prefix, last === 0 ? undefined : last + 1, sealed);
}

/** Decides what the file of the open segment is. */
async function takeUp(
  options: LogFollowerOptions,
  prefix: SoundPrefix,
  next: number | undefined,
  sealed: ReadonlyMap<number, SegmentRecord>,
): Promise<FollowerState> {
  const { paths, sealer } = options;
  const number = (await readOpenHeader(paths))?.segment;
  if (prefix.bytes === 0 || number === undefined) {
    await dropNameless(paths, prefix.bytes, next ?? 0);
    return { open: undefined, next };
  }
  const record = sealed.get(number);
  if (record !== undefined && (await exists(sealedSegmentPath(paths, number)))) {
    // It was adopted, and found to be a prefix before; only its removal was missed.
    await rm(paths.open);
    return { open: undefined, next: Math.max(next ?? 0, number + 1) };
  }
  if (record?.bytes === prefix.bytes) {
    // Its closing was interrupted between record and renaming.
    await rename(paths.open, plainSegmentPath(paths, number));
    await syncDirectory(paths.root);
    await syncDirectory(paths.directory);
    sealer.enqueue({ paths, number, expected: record });
    return { open: undefined, next: Math.max(next ?? 0, number + 1) };
  }
  return { open: new OpenSegment(paths.open, number, prefix), next: number };
}

/** The first bytes of a first line do not say which segment they belong to, and are asked for again; more than that is kept. */
async function dropNameless(paths: LogPaths, bytes: number, segment: number): Promise<void> {
  if (bytes <= MAX_HEADER_BYTES) await rm(paths.open, { force: true });
  else await rename(paths.open, asidePath(paths, segment, 'nameless'));
}
