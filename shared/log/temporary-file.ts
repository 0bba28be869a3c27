import { randomUUID } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors/errors.ts';

const SUFFIX = '.tmp';

/** A name for a file that will become `path`: nobody else has it, in no thread and no process. */
export function temporaryPath(path: string): string {
  return `${path}.${randomUUID()}${SUFFIX}`;
}

/** Makes the content of a file durable. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Makes a new file, which `fill` writes to its end. Afterwards, also when that fails, the file is closed and nothing touches it any
 * more: an aborted pipeline rejects while its file may still be on the way to being made.
 */
export async function writeNewFile(path: string, fill: (file: WriteStream) => Promise<void>): Promise<void> {
  const file = createWriteStream(path, { flags: 'wx' });
  const isClosed = new Promise<void>((resolve) => file.once('close', resolve));
  try {
    await fill(file);
  } finally {
    file.destroy();
    await isClosed;
  }
}

/** Removes the temporary files that a kill left in a directory: those older than this process. */
export async function removeStaleTemporaryFiles(directory: string): Promise<void> {
  const startedAtMs = Date.now() - process.uptime() * 1000;
  for (const name of await readdir(directory)) {
    if (!name.endsWith(SUFFIX)) continue;
    const path = join(directory, name);
    if ((await changedAtMs(path)) < startedAtMs) await rm(path, { force: true });
  }
}

async function changedAtMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    // Somebody was faster; nothing is left to remove.
    if (errnoOf(error) === 'ENOENT') return Number.POSITIVE_INFINITY;
    throw error;
  }
}
