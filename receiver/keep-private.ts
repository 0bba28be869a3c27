import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../shared/errors/errors.ts';

/** The state of the receiver, with what SQLite lays beside it. */
const FILES = ['fleet.db', 'fleet.db-wal', 'fleet.db-shm'];

/**
 * Takes the receiver's state out of others' sight: with what it checks proofs by, one could play the receiver. The directory is its
 * owner's as a rule, but people open it, to let others read the logs.
 */
export async function keepPrivate(directory: string): Promise<void> {
  for (const name of FILES) {
    await chmod(join(directory, name), 0o600).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error;
    });
  }
}
