import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../errors/errors.ts';
import { findObstacle } from '../files/find-obstacle.ts';

/**
 * Keeps the connections reachable: a lock whose owner let go of the returned object would otherwise be freed by the
 * garbage collector, at some later moment, while the program works.
 */
const held = new Set<DatabaseSync>();

const SQLITE_BUSY = 5;

/**
 * Takes the lock of a data directory for this process; see {@link acquireLock}.
 *
 * @throws UserError `DIRECTORY_UNUSABLE` when the lock can neither be taken nor is held by somebody
 */
export function acquireDirectoryLock(directory: string): Disposable | undefined {
  return acquireLock(directory, 'lock.db');
}

/**
 * Takes a lock for this process, without waiting; undefined when another holder, also one in this process, has it. The kernel
 * frees it when the process ends, however it ends.
 *
 * The choices that were weighed:
 * - *A pid file* needs somebody to judge whether the pid is still the same program; two starters can judge at once.
 * - *Binding the socket itself* is exclusive only while no leftover lies there; unlink + bind by two starters lets both
 *   win (the second unlinks what the first has just bound), and so do link(2) and rename(2) to a name that must be cleared.
 * - *flock/fcntl* is what is wanted. Node has neither, but SQLite is built in and takes fcntl locks (LockFileEx on Windows).
 *
 * `BEGIN IMMEDIATE`, not `EXCLUSIVE`: it needs one exclusive byte, so that of any number of starters exactly one wins
 * in a single step. EXCLUSIVE is reached in three, and two starters can make each other fail; it would also be refused
 * while somebody merely looks into the file. The journal stays in memory, so the file stays empty and no hot journal can be
 * left for the next one to roll back.
 *
 * The file is opened by SQLite alone: closing any other descriptor of it in this process would free an fcntl lock.
 *
 * @param name of the file that is locked, in a data directory
 * @throws UserError `DIRECTORY_UNUSABLE` when the lock can neither be taken nor is held by somebody
 */
export function acquireLock(directory: string, name: string): Disposable | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(directory, name), { timeout: 0 });
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
  } catch (error) {
    database?.close();
    if (isBusy(error)) return undefined;
    throw new UserError('DIRECTORY_UNUSABLE', `cannot lock the data directory ${directory}`, {
      cause: findObstacle(directory, error),
      hint: 'This user must be able to write there, and the file system must support locks.',
    });
  }
  return hold(database);
}

function hold(database: DatabaseSync): Disposable {
  held.add(database);
  return {
    [Symbol.dispose]() {
      if (held.delete(database)) database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  // The low byte is the primary code; extended codes (SQLITE_BUSY_…) are above it.
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    (error.errcode & 0xff) === SQLITE_BUSY
  );
}
