import { createHash } from 'node:crypto';
import { type Credential, credentialStore } from '../../receiver/admission/credential-store.ts';
import { openStateStore } from '../../receiver/fleet/state-store.ts';
import type { IngestLimits } from '../../receiver/ingest/limits.ts';
import type { Gate } from '../../receiver/ingest/lobby.ts';
import { writeMembership } from '../../sender/membership/membership.ts';
import type { NodeSecret } from '../../sender/uplink/proving.ts';
import { checkProof, verifierOf } from '../../shared/auth/auth.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';

// Nodes that have joined before the test begins. What they prove themselves with follows from their names, so that both sides
// of a test know it without being told.

/** The credential and the secret of a node. */
export function secretOf(node: string): NodeSecret {
  const hex = createHash('sha256').update(`credential of ${node}`).digest('hex');
  const credential = hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { credential, secret: createHash('sha256').update(`secret of ${node}`).digest() };
}

/** Limits that no test meets by accident. */
export const WIDE_LIMITS: IngestLimits = {
  frameBytes: 2 ** 20,
  lineBytes: 2 ** 20,
  unreadBytes: 2 ** 21,
  newcomers: 10_000,
  newcomersPerAddress: 10_000,
  bytesPerDay: 2 ** 50,
};

/** A gate that knows every node of {@link secretOf}, and takes in no others. */
export function knownNodes(): Gate {
  const unknown = { code: 'auth', message: 'not known here', retryAfterSeconds: 1 } as const;
  return {
    admit(facts, { message, proof }) {
      const { credential, secret } = secretOf(facts.node);
      const proven = checkProof(verifierOf(secret), message, proof);
      if (proven === undefined || facts.credential !== credential)
        return { kind: 'refused', refusal: unknown, afterMs: 0 };
      return { kind: 'proven', signature: proven.signature };
    },
    join: () => ({ kind: 'refused', refusal: unknown, afterMs: 0 }),
  };
}

/** Makes the data directory of a sender that of a node that has joined some receiver before, by plain TCP. */
export async function joinedBefore(directory: string, node: string, port: number): Promise<void> {
  await writeMembership(directory, {
    ...secretOf(node),
    node: parseNodeName(node),
    receiver: 'receiver-1',
    addresses: [{ host: '127.0.0.1', port }],
    certificates: undefined,
    code: '0000000000000000',
    machine: undefined,
  });
}

/** Writes the credentials of nodes into the data directory of a receiver that does not run. */
export function enrol(directory: string, nodes: readonly string[]): void {
  using store = openStateStore(directory);
  const table = credentialStore(store);
  store.transaction(() => {
    for (const node of nodes) table.save(credentialOf(node));
  });
}

function credentialOf(name: string): Credential {
  const { credential: id, secret } = secretOf(name);
  return {
    id,
    node: parseNodeName(name),
    verifier: verifierOf(secret),
    code: '0000000000000000',
    installation: id,
    madeMs: 0,
    usedMs: undefined,
    revoked: undefined,
    nextName: undefined,
    trusts: undefined,
  };
}
