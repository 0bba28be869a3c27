import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../shared/errors/errors.ts';

/** What belongs to the machine on which a data directory was made, and to no copy of it. */
const OWN = ['credentials.json', 'installation', 'logs'];

/**
 * Moves what a copied data directory brought along from another machine out of the way, whole: its node is that machine, and its log
 * that machine's to write.
 *
 * @returns the names that were moved
 */
export async function setTwinAside(directory: string, at: Date): Promise<readonly string[]> {
  const stamp = at.toISOString().replaceAll(/[:.]/g, '');
  const present = (await readdir(directory)).filter((name) => OWN.includes(name));
  for (const name of present) {
    await rename(join(directory, name), join(directory, `${name}@copied-${stamp}`)).catch(
      (error: unknown) => {
        if (errnoOf(error) !== 'ENOENT') throw error;
      },
    );
  }
  return present;
}
