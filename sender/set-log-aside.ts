import { rename } from 'node:fs/promises';
import { errnoOf, UserError } from '../shared/errors/errors.ts';
import type { LogPaths } from '../shared/log/log.ts';

/**
 * Moves a log out of the way, whole; the next start begins a new one. To be called when nothing has its files open.
 *
 * @throws UserError `DIRECTORY_UNUSABLE`
 */
export async function setLogAside(paths: LogPaths, atMs: number): Promise<void> {
  const aside = `${paths.directory}@old-copy-${new Date(atMs).toISOString().replaceAll(':', '')}`;
  try {
    await renameIfThere(paths.open, `${aside}.log`);
    await renameIfThere(paths.directory, aside);
  } catch (cause) {
    throw new UserError('DIRECTORY_UNUSABLE', `cannot set the log in ${paths.directory} aside`, {
      cause,
      hint: 'This user must be able to write there. The receiver takes no more of this log; move it away, and start again.',
    });
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
