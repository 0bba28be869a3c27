/**
 * Identity: by what senders know this receiver. A key and a certificate, made at the first start or configured, and, while it is
 * being changed, the next ones.
 *
 *     identity/current.pem    key and certificate in use
 *     identity/next.pem       those that are announced, and not used yet
 *
 * Invariants. Tests cite them by number.
 *
 * 1. A certificate is used only after every node has said that it will know it, or by force. Join codes name the one in use.
 * 2. A pair is one file, replaced as a whole: no kill leaves a key without its certificate.
 * 3. What lies here is for this user's eyes only: directory 0700, files 0600.
 */

import { chmod, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, UserError } from '../../shared/errors/errors.ts';
import { makeDirectory } from '../../shared/files/make-directory.ts';
import { replaceFile } from '../../shared/files/replace-file.ts';
import { syncDirectory } from '../../shared/files/sync-directory.ts';
import { decodePair, encodePair, type KeyPair } from './key-pair.ts';
import { makeCertificate } from './make-certificate.ts';

/** Options of {@link openIdentity}. */
export interface IdentityOptions {
  /** The receiver's data directory. */
  readonly directory: string;
  /** The pair that is configured; undefined: the receiver makes its own. */
  readonly configured: KeyPair | undefined;
  /** Names and addresses of this machine, for a certificate that is made here. */
  readonly hostNames: readonly string[];
  /** ms since 1970. */
  readonly now: () => number;
}

/** The receiver's key and certificate. */
export interface Identity {
  readonly current: KeyPair;
  /** Announced, and not used yet; undefined while nothing is being changed. */
  readonly next: KeyPair | undefined;
  /** Makes the next pair, or takes one; in place of a next one that there is already. */
  prepare(pair?: KeyPair): Promise<KeyPair>;
  /** Uses the next pair from now on; does nothing when there is none. */
  switch(): Promise<void>;
}

/**
 * Opens the identity, and makes it the first time. A configured pair that is not the one in use becomes the next one, so that nodes
 * hear of it over a connection that they still trust.
 *
 * @throws UserError `CERTIFICATE_UNUSABLE`, `DIRECTORY_UNUSABLE`
 */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { configured, hostNames, now } = options;
  const directory = join(options.directory, 'identity');
  const paths = { current: join(directory, 'current.pem'), next: join(directory, 'next.pem') };
  const make = async () => await makeCertificate({ hostNames, nowMs: now() });

  async function write(path: string, pair: KeyPair): Promise<KeyPair> {
    await replaceFile(path, encodePair(pair), { mode: 0o600 });
    await chmod(path, 0o600);
    return pair;
  }

  await prepareDirectory(directory);
  let current = (await read(paths.current)) ?? (await write(paths.current, configured ?? (await make())));
  let next = await read(paths.next);
  if (configured !== undefined && configured.sha256 !== current.sha256 && configured.sha256 !== next?.sha256)
    next = await write(paths.next, configured);

  return {
    get current() {
      return current;
    },
    get next() {
      return next;
    },
    async prepare(pair) {
      next = await write(paths.next, pair ?? (await make()));
      return next;
    },
    async switch() {
      if (next === undefined) return;
      await rename(paths.next, paths.current);
      await syncDirectory(directory);
      current = next;
      next = undefined;
    },
  };
}

async function prepareDirectory(directory: string): Promise<void> {
  try {
    await makeDirectory(directory, 0o700);
    await chmod(directory, 0o700);
  } catch (cause) {
    throw new UserError('DIRECTORY_UNUSABLE', `cannot use ${directory}`, {
      cause,
      hint: 'This user must be able to write receiver.data_directory.',
    });
  }
}

async function read(path: string): Promise<KeyPair | undefined> {
  try {
    return decodePair(await readFile(path, 'utf8'), path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    if (error instanceof UserError) throw error;
    throw new UserError('CERTIFICATE_UNUSABLE', `cannot read ${path}`, {
      cause: error,
      hint: 'It holds the key by which senders know this receiver. Without it, each of them has to join anew.',
    });
  }
}
