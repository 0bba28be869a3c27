import { open, rename, rm } from 'node:fs/promises';
import { syncDirectory } from '../files/sync-directory.ts';
import type { FileChange, FileFault } from './file-change.ts';
import type { LogPaths } from './log.ts';
import { type LogMeta, writeLogMeta } from './log-meta.ts';
import { OpenSegment } from './open-segment.ts';
import { crcOfFile } from './recover-tail.ts';
import { rescueOpen, setChangedAside } from './rescue-open.ts';
import { exists } from './seal-segment.ts';

/** A follower's open segment after its file was put back. */
export interface RestoredOpen {
  /** Undefined where nothing of it could be saved. */
  readonly segment: OpenSegment | undefined;
  readonly change: FileChange;
}

/**
 * Puts the file of a follower's open segment back that something else has cut, moved, replaced or deleted, with what can still be saved of it
 * (invariant 11); the rest is asked for again. The directory is made where it is gone. What lay there is set aside.
 *
 * @throws the system's error; it may be tried again
 */
export async function restoreOpen(
  paths: LogPaths,
  damaged: OpenSegment,
  fault: FileFault,
  meta: LogMeta,
): Promise<RestoredOpen> {
  const { number, bytes: writtenBytes } = damaged;
  const { keptBytes, temporary } = rescueOpen(paths, damaged, paths.open);
  const aside = setChangedAside(paths, number, fault, keptBytes);
  if (!(await exists(paths.meta))) await writeLogMeta(paths, meta);
  await rm(paths.checkpoint, { force: true });
  if (keptBytes === 0) await Promise.all([rm(temporary), rm(paths.open, { force: true })]);
  else await rename(temporary, paths.open);
  await syncDirectory(paths.root);
  damaged.close();
  const change = { segment: number, fault, writtenBytes, keptBytes, aside };
  return { segment: keptBytes === 0 ? undefined : await reopen(paths, number, keptBytes), change };
}

async function reopen(paths: LogPaths, number: number, bytes: number): Promise<OpenSegment> {
  const file = await open(paths.open, 'r');
  try {
    return new OpenSegment(paths.open, number, { bytes, crc: await crcOfFile(file, bytes) });
  } finally {
    await file.close();
  }
}
