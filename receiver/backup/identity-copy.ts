import { chmod, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from '../../shared/errors/errors.ts';
import { makeDirectory } from '../../shared/files/make-directory.ts';
import { replaceFile } from '../../shared/files/replace-file.ts';
import { readMarker } from './marker.ts';
import { readMirrorRecord } from './mirror-record.ts';

/** Where the mirror keeps what a receiver needs, beside the logs, to be known to its nodes again. */
function pathIn(directory: string): string {
  return join(directory, 'receiver', 'identity.json');
}

/**
 * Writes the copy of the receiver's identity onto the second drive, if that is the mirror and holds another one; for this user's
 * eyes only.
 *
 * @param recordPath `mirror.json` in the receiver's data directory
 * @returns whether it is there now
 */
export async function writeIdentityCopy(
  directory: string,
  recordPath: string,
  content: string,
): Promise<boolean> {
  const [marker, record] = await Promise.all([readMarker(directory), readMirrorRecord(recordPath)]);
  const isMirror = marker.kind === 'found' && record.kind === 'known' && marker.id === record.id;
  if (!isMirror) return false;
  const path = pathIn(directory);
  if ((await readIdentityCopy(directory)) === content) return true;
  await makeDirectory(dirname(path), 0o700);
  await replaceFile(path, content, { mode: 0o600 });
  await chmod(path, 0o600);
  return true;
}

/** Reads it; undefined when there is none, or the directory is no mirror. */
export async function readIdentityCopy(directory: string): Promise<string | undefined> {
  if ((await readMarker(directory)).kind !== 'found') return undefined;
  try {
    return await readFile(pathIn(directory), 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
