import { execFileSync } from 'node:child_process';
import { constants, readFileSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { errnoOf } from '../../shared/errors/errors.ts';

/**
 * Lets the next who reads a file wait in the kernel, as on a drive that hangs: a pipe lies in its place. The returned function puts the
 * file back, and lets who waits have what is in it.
 */
export function holdFile(path: string): () => Promise<void> {
  const [aside, pipe] = [`${path}.aside`, `${path}.pipe`];
  renameSync(path, aside);
  execFileSync('mkfifo', [path]);
  return async () => {
    const content = readFileSync(aside);
    renameSync(path, pipe);
    renameSync(aside, path);
    await feed(pipe, content);
    rmSync(pipe);
  };
}

async function feed(pipe: string, content: Buffer): Promise<void> {
  try {
    await using file = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    await file.write(content);
  } catch (error) {
    // Nobody waits, or no longer.
    if (errnoOf(error) !== 'ENXIO') throw error;
  }
}
