/**
 * Keeps what makes this receiver this receiver on the second drive as well: its id, its key and certificate, and what its nodes prove
 * themselves with. A receiver whose own disk is gone begins with that, and no node has to join anew.
 */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../shared/errors/errors.ts';
import { makeDirectory } from '../shared/files/make-directory.ts';
import { replaceFile } from '../shared/files/replace-file.ts';
import type { Logger } from '../shared/logging/logger.ts';
import { parseNodeName } from '../shared/names/node-name.ts';
import { systemClock } from '../shared/time/clock.ts';
import { type Credential, credentialStore } from './admission/credential-store.ts';
import { logOwnerStore } from './admission/log-owner-store.ts';
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
      // Not written by 0.1.0.
      logs: z.array(z.string()).optional(),
    }),
  ),
});

/** What is kept. */
export interface KeptIdentity {
  readonly receiverId: string;
  /** Undefined for plain TCP. */
  readonly pair: KeyPair | undefined;
  readonly credentials: readonly Credential[];
  /** The ids of the logs that a credential owns. */
  readonly logsOf: (credential: string) => readonly string[];
}

/** Options of {@link keepIdentity}. */
export interface KeepIdentityOptions {
  readonly read: () => KeptIdentity;
  /** Writes it onto the second drive. */
  readonly write: (content: string, signal: AbortSignal) => Promise<unknown>;
  readonly log: Logger;
}

/** The copy of the identity. Disposing gives up the write under way. */
export interface IdentityKeeper extends Disposable {
  /** Something of it has changed, or the mirror is there again. Never waits. */
  changed(): void;
}

/** Pause after a write, ms: each is a process of its own, and a fleet that joins changes the identity at every node. */
const PAUSE_MS = 1_000;

/** Keeps the copy up to date, once it is told to. One write at a time. */
export function keepIdentity({ read, write, log }: KeepIdentityOptions): IdentityKeeper {
  const failure = repeatedFailure(log, 'cannot keep the identity of this receiver in the mirror');
  const stop = new AbortController();
  let isWriting = false;
  let isStale = false;

  async function writeAll(): Promise<void> {
    while (isStale) {
      isStale = false;
      await write(encode(read()), stop.signal).then(failure.succeeded, (error: unknown) => {
        if (!stop.signal.aborted) failure.failed(error);
      });
      await systemClock.sleep(PAUSE_MS, stop.signal).catch(() => undefined);
    }
    isWriting = false;
  }

  return {
    changed() {
      if (stop.signal.aborted) return;
      isStale = true;
      if (isWriting) return;
      isWriting = true;
      void writeAll();
    },
    [Symbol.dispose]() {
      stop.abort();
      isStale = false;
    },
  };
}

/** Options of {@link adoptIdentity}. */
export interface AdoptIdentityOptions {
  /** The data directory. */
  readonly directory: string;
  /** `to_directory`. */
  readonly mirror: string;
  /** Reads what is kept there; undefined when there is nothing. */
  readonly readKept: () => Promise<string | undefined>;
  readonly store: StateStore;
  readonly log: Logger;
}

/**
 * Gives a data directory in which no receiver ever worked the identity that the mirror kept, if there is one.
 *
 * @throws UserError `MIRROR_UNUSABLE` when it is there and cannot be read, or nobody can tell whether it is
 */
export async function adoptIdentity(options: AdoptIdentityOptions): Promise<void> {
  const { directory, mirror, readKept, store, log } = options;
  if (await exists(join(directory, 'receiver.json'))) return;
  const text = await readKept();
  if (text === undefined) return;
  const { receiver, pair, credentials } = parse(text, mirror);
  if (pair !== null) {
    const path = join(directory, 'identity', 'current.pem');
    await makeDirectory(join(directory, 'identity'), 0o700);
    await replaceFile(path, encodePair(decodePair(pair, mirror)), { mode: 0o600 });
  }
  const table = credentialStore(store);
  const owners = logOwnerStore(store);
  store.transaction(() => {
    for (const { credential, logs } of credentials) {
      table.save(credential);
      for (const id of logs) owners.claim(id, credential.id, systemClock.now());
    }
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

function encode({ receiverId, pair, credentials, logsOf }: KeptIdentity): string {
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
      logs: logsOf(credential.id),
    })),
  };
  return `${JSON.stringify(json, undefined, 1)}\n`;
}

function parse(text: string, mirror: string) {
  try {
    const { credentials, ...rest } = COPY.parse(JSON.parse(text));
    return {
      ...rest,
      credentials: credentials.map((kept) => ({ credential: credentialOf(kept), logs: kept.logs ?? [] })),
    };
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
