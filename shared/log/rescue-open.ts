import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { makeDirectorySync } from '../files/make-directory.ts';
import { syncDirectorySync } from '../files/sync-directory.ts';
import { asidePath } from './aside-path.ts';
import type { FileChange, FileFault } from './file-change.ts';
import { type LogPaths, plainSegmentPath } from './log.ts';
import type { OpenSegment } from './open-segment.ts';
import { copyBytes } from './sound-bytes.ts';
import { temporaryPath } from './temporary-file.ts';

/** How an open segment is left whose file was changed. */
export interface LeaveOptions {
  /** Its last line is not ended. */
  readonly isTorn: boolean;
  /** Whether this copy has all there is of it, if its file has what was written. */
  readonly mayBeWhole: boolean;
  /** Notes durably that it is interrupted. */
  readonly noteInterrupted: () => void;
}

/**
 * Leaves an open segment whose file was changed by somebody else (invariant 11): what can be saved of it becomes the closed segment, and what
 * lies at its path moves out of the way. Failing, it may be tried again.
 *
 * @returns whether all of it could be saved, so that it need not be compared with the receiver's
 * @throws the system's error
 */
export function leaveOpen(
  paths: LogPaths,
  open: OpenSegment,
  fault: FileFault,
  { isTorn, mayBeWhole, noteInterrupted }: LeaveOptions,
): { readonly isWhole: boolean; readonly change: FileChange } {
  const { number: segment, bytes: writtenBytes } = open;
  const rescued = rescueOpen(paths, open, plainSegmentPath(paths, segment));
  const { keptBytes } = rescued;
  const isWhole = mayBeWhole && keptBytes === writtenBytes;
  // Before any file moves: a closed segment that is not noted as interrupted would be sealed.
  if (!isWhole) noteInterrupted();
  nameRescued(paths, segment, rescued, isWhole && isTorn);
  const aside = setChangedAside(paths, segment, fault, keptBytes);
  return { isWhole, change: { segment, fault, writtenBytes, keptBytes, aside } };
}

/** What could be saved of an open segment whose file was changed; it lies in a file of its own, without its name yet. */
export interface Rescued {
  readonly keptBytes: number;
  /** The file. */
  readonly temporary: string;
}

/**
 * Saves what can be saved of an open segment whose file was changed by somebody else: out of the file that is still open, also when that
 * has lost its name, or out of the one that lies at its path, if that has more of it. Changes nothing else; may be called again.
 *
 * @throws the system's error; nothing was changed
 */
export function rescueOpen(paths: LogPaths, open: OpenSegment, target: string): Rescued {
  makeDirectorySync(paths.directory);
  const temporary = temporaryPath(target);
  const to = openSync(temporary, 'wx');
  try {
    const keptBytes = copySound(open, to);
    fsyncSync(to);
    return { keptBytes, temporary };
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(to);
  }
}

function copySound(open: OpenSegment, to: number): number {
  const own = open.soundBytes();
  const other = own === open.bytes ? undefined : tryOpen(open.path);
  try {
    const found = other === undefined ? 0 : open.soundBytesOf(other);
    if (other !== undefined && found > own) copyBytes(other, to, found);
    else open.copyTo(to, own);
    return Math.max(own, found);
  } finally {
    if (other !== undefined) closeSync(other);
  }
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

/**
 * Moves what lies at the open segment's path out of the way (invariant 8), unless all of it has been saved. Returns its name in the log's
 * directory.
 */
export function setChangedAside(
  paths: LogPaths,
  segment: number,
  fault: FileFault,
  keptBytes: number,
): string | undefined {
  const size = statSync(paths.open, { throwIfNoEntry: false })?.size ?? 0;
  // A file that was only cut is saved as it is; one that is empty says nothing.
  if (size === 0 || (fault === 'shorter' && size === keptBytes)) return undefined;
  const target = asidePath(paths, segment, fault);
  renameSync(paths.open, target);
  syncDirectorySync(paths.root);
  syncDirectorySync(paths.directory);
  return basename(target);
}

/** Gives what was rescued its name; ends its last line where that is torn and nobody has more of it. */
function nameRescued(paths: LogPaths, segment: number, { temporary }: Rescued, isTorn: boolean): void {
  if (isTorn) {
    const fd = openSync(temporary, 'a');
    try {
      writeSync(fd, '\n');
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
  renameSync(temporary, plainSegmentPath(paths, segment));
  syncDirectorySync(paths.directory);
}
