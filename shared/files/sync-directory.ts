import { closeSync, fsyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { errnoOf } from '../errors/errors.ts';

/**
 * Makes the entries of a directory durable: what was created, renamed or unlinked in it survives a power cut.
 * Windows cannot open a directory and some network file systems refuse to sync one; there it does nothing.
 */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } catch (error) {
    if (!isRefused(error)) throw error;
  } finally {
    await directory.close();
  }
}

/** As {@link syncDirectory}, while everything else waits. */
export function syncDirectorySync(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } catch (error) {
    if (!isRefused(error)) throw error;
  } finally {
    closeSync(directory);
  }
}

function isRefused(error: unknown): boolean {
  return ['EINVAL', 'ENOTSUP', 'EBADF'].includes(errnoOf(error) ?? '');
}
