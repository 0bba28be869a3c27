import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { namePath } from '../errors/system-error.ts';
import { syncDirectory, syncDirectorySync } from './sync-directory.ts';

/**
 * Writes a file so that, whatever happens, a reader finds the old content or the new, never a mixture: temporary file,
 * all bytes, fsync, rename, fsync of the directory (without the last step a power cut may undo the rename).
 *
 * Not for two writers of one path at the same time.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  options: { readonly mode?: number | undefined } = {},
): Promise<void> {
  const temporary = `${path}.tmp`;
  // A temporary file left by a crash would keep its own mode, and a link in its place would be followed: make it anew.
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', options.mode ?? 0o644);
  try {
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    throw namePath(error, temporary);
  }
  await syncDirectory(dirname(path));
}

/** As {@link replaceFile}, while everything else waits. Its temporary file has another name, so that one under way does no harm. */
export function replaceFileSync(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.now.tmp`;
  rmSync(temporary, { force: true });
  const fd = openSync(temporary, 'wx', 0o644);
  try {
    writeFileSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  syncDirectorySync(dirname(path));
}
