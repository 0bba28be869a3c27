/**
 * Keeps what makes this receiver this receiver on the second drive as well: its id, its key and certificate, and what its nodes prove
 * themselves with. A receiver whose own disk is gone begins with that, and no node has to join anew.
 */

import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../shared/errors/errors.ts';
import { replaceFile } from '../shared/files/replace-file.ts';
import type { Logger } from '../shared/logging/logger.ts';
import { parseNodeName } from '../shared/names/node-name.ts';
import { type Credential, credentialStore } from './admission/credential-store.ts';
import { readIdentityCopy, writeIdentityCopy } from './backup/identity-copy.ts';
import { repeatedFailure } from './fleet/repeated-failure.ts';
import type { StateStore } from './fleet/state-store.ts';
import { decodePair, encodePair, type KeyPair } from './identity/key-pair.ts';

const bytes = z.base64().transform((text) => Uint8Array.from(Buffer.from(text, 'base64')));
const name = z.string().transform(parseNodeName);

const COPY = z.object({
  format: z.literal(1),
  receiver: z.string(),
  pair: z.string().nullable(),
  credentials: z.array(
    z.object({
      id: z.string(),
      node: name,
      stored_key: bytes,
      server_key: bytes,
      code: z.string(),
      installation: z.string(),
      made_ms: z.number(),
      used_ms: z.number().nullable(),
      revoked: z.object({ sinceMs: z.number(), why: z.string() }).nullable(),
      next_name: name.nullable(),
      trusts: z.string().nullable(),
    }),
  ),
});

/** What is kept. */
export interface KeptIdentity {
  readonly receiverId: string;
  /** Undefined for plain TCP. */
  readonly pair: KeyPair | undefined;
  readonly credentials: readonly Credential[];
}

/** Options of {@link keepIdentity}. */
export interface KeepIdentityOptions {
  /** `to_directory`, at present. */
  readonly mirror: () => string;
  /** `mirror.json` in the receiver's data directory. */
  readonly recordPath: string;
  readonly read: () => KeptIdentity;
  readonly log: Logger;
}

/** Keeps the copy up to date: call it when something of it has changed, and when the mirror is there. One write at a time. */
export function keepIdentity({ mirror, recordPath, read, log }: KeepIdentityOptions): () => void {
  const failure = repeatedFailure(log, 'cannot keep the identity of this receiver in the mirror');
  let isWriting = false;
  let isStale = false;

  async function write(): Promise<void> {
    do {
      isStale = false;
      await writeIdentityCopy(mirror(), recordPath, encode(read()));
    } while (isStale);
  }

  return () => {
    isStale = true;
    if (isWriting) return;
    isWriting = true;
    write()
      .then(failure.succeeded, failure.failed)
      .finally(() => {
        isWriting = false;
      });
  };
}

/**
 * Gives a data directory in which no receiver ever worked the identity that the mirror kept, if there is one.
 *
 * @throws UserError `MIRROR_UNUSABLE` when it is there and cannot be read
 */
export async function adoptIdentity(
  directory: string,
  mirror: string,
  store: StateStore,
  log: Logger,
): Promise<void> {
  if (await exists(join(directory, 'receiver.json'))) return;
  const text = await readIdentityCopy(mirror);
  if (text === undefined) return;
  const { receiver, pair, credentials } = parse(text, mirror);
  if (pair !== null) {
    const path = join(directory, 'identity', 'current.pem');
    await mkdir(join(directory, 'identity'), { recursive: true, mode: 0o700 });
    await replaceFile(path, encodePair(decodePair(pair, mirror)), { mode: 0o600 });
  }
  const table = credentialStore(store);
  store.transaction(() => {
    for (const credential of credentials) table.save(credential);
  });
  // Last: by this file the directory counts as that of a receiver.
  await replaceFile(
    join(directory, 'receiver.json'),
    `${JSON.stringify({ id: receiver, created: new Date().toISOString() })}\n`,
  );
  log.warn(
    { receiver, nodes: credentials.length, mirror },
    'this data directory is new: the receiver goes on as the one whose logs are in the mirror',
  );
}

function encode({ receiverId, pair, credentials }: KeptIdentity): string {
  const json = {
    format: 1,
    receiver: receiverId,
    pair: pair === undefined ? null : encodePair(pair),
    credentials: credentials.map((credential) => ({
      id: credential.id,
      node: credential.node,
      stored_key: Buffer.from(credential.verifier.storedKey).toString('base64'),
      server_key: Buffer.from(credential.verifier.serverKey).toString('base64'),
      code: credential.code,
      installation: credential.installation,
      made_ms: credential.madeMs,
      used_ms: credential.usedMs ?? null,
      revoked: credential.revoked ?? null,
      next_name: credential.nextName ?? null,
      trusts: credential.trusts ?? null,
    })),
  };
  return `${JSON.stringify(json, undefined, 1)}\n`;
}

function parse(text: string, mirror: string) {
  try {
    const { credentials, ...rest } = COPY.parse(JSON.parse(text));
    return { ...rest, credentials: credentials.map(credentialOf) };
  } catch (cause) {
    throw new UserError('MIRROR_UNUSABLE', `the identity that is kept in ${mirror} is damaged`, {
      cause,
      hint: 'To begin as a new receiver, to which every node has to join anew, move its folder "receiver" away.',
    });
  }
}

function credentialOf(kept: z.infer<typeof COPY>['credentials'][number]): Credential {
  const { id, node, code, installation } = kept;
  return {
    id,
    node,
    code,
    installation,
    verifier: { storedKey: kept.stored_key, serverKey: kept.server_key },
    madeMs: kept.made_ms,
    usedMs: kept.used_ms ?? undefined,
    revoked: kept.revoked ?? undefined,
    nextName: kept.next_name ?? undefined,
    trusts: kept.trusts ?? undefined,
  };
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
