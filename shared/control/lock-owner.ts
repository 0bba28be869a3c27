import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf } from '../errors/errors.ts';
import { namePath } from '../errors/system-error.ts';
import { object } from '../shape/object-shape.ts';
import { oneOf, type Read, whole } from '../shape/shape.ts';

/** One of the two programs. */
export type ProgramName = 'receiver' | 'sender';

const OWNER = object({ program: oneOf('receiver', 'sender'), pid: whole({ min: 1 }) });

/** Who works in a data directory. Good enough for a message; the lock itself is `lock.db`. */
export type LockOwner = Read<typeof OWNER>;

/** Writes down who holds the lock; called by the holder alone. */
export async function writeLockOwner(directory: string, owner: LockOwner): Promise<void> {
  const path = ownerPath(directory);
  await writeFile(path, `${JSON.stringify(owner)}\n`, { mode: 0o600 }).catch((error: unknown) => {
    throw namePath(error, path);
  });
}

/** Takes back {@link writeLockOwner}; called by the holder alone, before it frees the lock. */
export async function forgetLockOwner(directory: string): Promise<void> {
  await rm(ownerPath(directory), { force: true });
}

/**
 * Who works in the directory, or undefined when that is not known. A holder that has just taken the lock gets a moment
 * (a tenth of a second) to write its name down.
 */
export async function readLockOwner(directory: string): Promise<LockOwner | undefined> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const owner = await tryReadOwner(directory);
    if (owner !== undefined && isAlive(owner.pid)) return owner;
    await delay(20);
  }
  return undefined;
}

async function tryReadOwner(directory: string): Promise<LockOwner | undefined> {
  try {
    return OWNER(JSON.parse(await readFile(ownerPath(directory), 'utf8')), '');
  } catch {
    // Missing, half written, or of another version: the message then goes without a pid.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

function ownerPath(directory: string): string {
  return join(directory, 'lock.json');
}
