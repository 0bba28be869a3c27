import { UserError } from '../shared/errors/errors.ts';
import type { Logger } from '../shared/logging/logger.ts';
import type { NodeName } from '../shared/names/node-name.ts';
import type { Admission } from './admission/admission.ts';
import type { Identity } from './identity/identity.ts';
import type { KeyPair } from './identity/key-pair.ts';
import type { Ingest } from './ingest/ingest.ts';

/** Options of {@link changeCertificates}. */
export interface CertificateChangeOptions {
  readonly identity: Identity;
  readonly admission: Pick<Admission, 'confirm' | 'credentials'>;
  /** Ingest, once it runs. */
  readonly ingest: () => Pick<Ingest, 'connected' | 'control' | 'setTls'> | undefined;
  /** The next certificate is in use. */
  readonly onSwitched: () => void;
  readonly log: Logger;
}

/** How the certificate is doing, as `certificate --json` prints it. Times are RFC 3339 in UTC. */
export interface CertificateStatus {
  readonly sha256: string;
  readonly not_after: string;
  readonly next: {
    readonly sha256: string;
    readonly not_after: string;
    /** Nodes that have not said yet that they will know it. */
    readonly waiting_for: readonly string[];
  } | null;
}

/** Changes the certificate without a visit to the nodes. */
export interface CertificateChange {
  /** A node is connected; it is told when a change is under way. */
  connected(node: NodeName): void;
  /** A node has kept these, SHA-256 in hex. */
  confirmed(node: NodeName, sha256: readonly string[]): void;
  /** Makes the next certificate, announces it, and uses it as soon as every node has confirmed it. */
  begin(): Promise<void>;
  /** Uses the next certificate now; nodes that have not confirmed it have to join anew. @throws UserError when there is none */
  force(): Promise<void>;
  state(): CertificateStatus;
}

/** Watches over the change of the certificate. One that was under way goes on. */
export function changeCertificates(options: CertificateChangeOptions): CertificateChange {
  const { identity, admission, ingest, log } = options;

  function announce(node: NodeName): void {
    const sha256 = [identity.current, ...(identity.next === undefined ? [] : [identity.next])].map(hashOf);
    ingest()?.control(node, { kind: 'certificates', sha256 });
  }

  function announceToAll(): void {
    for (const node of ingest()?.connected().keys() ?? []) announce(node);
  }

  function waitingFor(next: KeyPair): readonly NodeName[] {
    return admission
      .credentials()
      .filter(({ revoked, trusts }) => revoked === undefined && trusts !== next.sha256)
      .map(({ node }) => node);
  }

  async function use(): Promise<void> {
    await identity.switch();
    ingest()?.setTls(identity.current);
    log.info({ sha256: identity.current.sha256 }, 'the receiver shows its new certificate from now on');
    announceToAll();
    options.onSwitched();
  }

  function useWhenReady(): void {
    const { next } = identity;
    if (next === undefined || waitingFor(next).length > 0) return;
    use().catch((error: unknown) => log.error({ err: error }, 'cannot change the certificate'));
  }

  return {
    connected(node) {
      // Also after the change: a node that was away shall drop the old one.
      announce(node);
    },
    confirmed(node, sha256) {
      const newest = sha256.at(-1);
      // That it knows the one in use goes without saying, and without a write for every node that connects.
      if (newest === undefined || newest !== identity.next?.sha256) return;
      admission.confirm(node, newest);
      useWhenReady();
    },
    async begin() {
      await identity.prepare();
      announceToAll();
      useWhenReady();
    },
    async force() {
      if (identity.next !== undefined) return await use();
      throw new UserError('CERTIFICATE_UNUSABLE', 'there is no next certificate to use', {
        hint: 'fleetkeep-receiver certificate rotate makes one.',
      });
    },
    state() {
      const { current, next } = identity;
      return {
        sha256: current.sha256,
        not_after: new Date(current.notAfterMs).toISOString(),
        next:
          next === undefined
            ? null
            : {
                sha256: next.sha256,
                not_after: new Date(next.notAfterMs).toISOString(),
                waiting_for: waitingFor(next),
              },
      };
    },
  };
}

function hashOf({ sha256 }: KeyPair): string {
  return sha256;
}
