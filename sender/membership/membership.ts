/**
 * Membership: which receiver this machine belongs to, and what it proves that with.
 *
 * 1. A machine belongs to a receiver after it has joined it with a join code; before, it has no name and keeps no log.
 * 2. The certificate is checked before anything is said, and the receiver's signature before anything is believed.
 * 3. The secret of the node is made on both sides and never sent; it is in `credentials.json` (mode 0600) and nowhere else.
 */

import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SECRET_BYTES } from '../../shared/auth/auth.ts';
import { errnoOf, UserError } from '../../shared/errors/errors.ts';
import { makeDirectory } from '../../shared/files/make-directory.ts';
import { replaceFile } from '../../shared/files/replace-file.ts';
import { type NodeName, parseNodeName } from '../../shared/names/node-name.ts';
import { object } from '../../shared/shape/object-shape.ts';
import { converted, list, Mismatch, oneOf, optional, text, whole } from '../../shared/shape/shape.ts';
import type { ReceiverAddress } from '../uplink/connect.ts';

/** What a machine has got by joining. */
export interface Membership {
  readonly node: NodeName;
  /** Names the credential; not secret. */
  readonly credential: string;
  readonly secret: Uint8Array;
  /** Id of the receiver. */
  readonly receiver: string;
  /** Where it is reached, to try in turn. */
  readonly addresses: readonly ReceiverAddress[];
  /** SHA-256 of the certificates that are the receiver's, hex; undefined for plain TCP. */
  readonly certificates: readonly string[] | undefined;
  /** The join code that was used, to know it again; not secret. */
  readonly code: string;
  /** The machine that joined; undefined where the system does not tell machines apart. */
  readonly machine: string | undefined;
}

const FORMAT = 1;

const FILE = object({
  format: oneOf(FORMAT),
  node: converted(text(), parseNodeName),
  credential: text(),
  secret: converted(text(), (secret) => Uint8Array.from(Buffer.from(secret, 'base64url'))),
  receiver: text(),
  addresses: list(object({ host: text(), port: whole() }), { min: 1 }),
  certificates: optional(list(text({ pattern: /^[0-9a-f]{64}$/ }), { min: 1 })),
  code: text(),
  machine: optional(text()),
});

/** Reads what this machine has got by joining; undefined when it has not joined. @throws UserError `DIRECTORY_UNUSABLE` */
export async function readMembership(directory: string): Promise<Membership | undefined> {
  const path = pathOf(directory);
  try {
    const { format: _, certificates, machine, ...known } = FILE(JSON.parse(await readFile(path, 'utf8')), '');
    if (known.secret.length !== SECRET_BYTES) throw new Error('its secret is not complete');
    return { ...known, certificates, machine };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    const isMismatch = error instanceof Mismatch;
    throw new UserError('DIRECTORY_UNUSABLE', `cannot use ${path}`, {
      cause: isMismatch ? new Error('it does not hold what it must') : error,
      hint: 'This user must be able to read it. If it is damaged, move it away and join again with a new join code.',
    });
  }
}

/** Keeps it, durably, for this user's eyes only. */
export async function writeMembership(directory: string, membership: Membership): Promise<void> {
  await makeDirectory(directory);
  const { secret, ...known } = membership;
  const json = { format: FORMAT, ...known, secret: Buffer.from(secret).toString('base64url') };
  const path = pathOf(directory);
  await replaceFile(path, `${JSON.stringify(json, undefined, 2)}\n`, { mode: 0o600 });
  // The mode above is subject to the umask, which can only take away; this is what it must be.
  await chmod(path, 0o600);
}

function pathOf(directory: string): string {
  return join(directory, 'credentials.json');
}
