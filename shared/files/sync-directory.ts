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
    if (!['EINVAL', 'ENOTSUP', 'EBADF'].includes(errnoOf(error) ?? '')) throw error;
  } finally {
    await directory.close();
  }
}
