import { randomUUID } from 'node:crypto';
import { checkProof, nodeSecretOf, type Proven, verifierOf } from '../../shared/auth/auth.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { StateStore } from '../fleet/state-store.ts';
import type { JoinClaim, Refusal } from '../ingest/messages.ts';
import type { CredentialBook } from './credential-book.ts';
import type { Credential } from './credential-store.ts';
import { decideJoin } from './decide-join.ts';
import { joinCodeStore, type StoredJoinCode } from './join-code-store.ts';
import { type LogOwnerStore, NOBODY } from './log-owner-store.ts';

/** What {@link joinDesk} works with. */
export interface JoinDeskOptions {
  readonly store: StateStore;
  readonly book: CredentialBook;
  readonly owners: LogOwnerStore;
  /** The ids of all logs that lie here under a name. */
  readonly logsUnder: (node: NodeName) => readonly string[];
  readonly now: () => number;
  /** How long a code is good for yet, ms. */
  readonly leftMs: (code: StoredJoinCode) => number;
}

/** What became of a machine whose code was proven. */
export type Enrolment =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'enrolled';
      readonly credential: Credential;
      readonly signature: Buffer;
      /** Whether an administrator's word took the name from another machine. */
      readonly hasReplaced: boolean;
    };

/** Gives machines their credentials. */
export interface JoinDesk {
  /** The code of a claim, if the claim proves it. */
  check(claim: JoinClaim): { readonly code: StoredJoinCode; readonly proven: Proven } | undefined;
  /** Makes the machine a node, durably. */
  enrol(claim: JoinClaim, code: StoredJoinCode, proven: Proven): Enrolment;
}

/** Makes the desk. */
export function joinDesk({ store, book, owners, logsUnder, now, leftMs }: JoinDeskOptions): JoinDesk {
  const codes = joinCodeStore(store);

  /** The credential that the machine has from before, if it proves that. */
  function ownOf(
    { join, message, credentialProof }: JoinClaim,
    code: StoredJoinCode,
  ): Credential | undefined {
    // A copy has the credential of the machine that it is not to be.
    if (code.isForCopy) return undefined;
    const known = join.credential === undefined ? undefined : book.find(join.credential);
    if (known === undefined || credentialProof === undefined) return undefined;
    return checkProof(known.verifier, message, credentialProof) && known;
  }

  return {
    check({ join, message, proof }) {
      const code = codes.find(join.code);
      const proven = code && checkProof(code.verifier, message, proof);
      return code && proven && { code, proven };
    },

    enrol(claim, code, { clientKey, signature }) {
      const { join, message } = claim;
      const nowMs = now();
      const own = ownOf(claim, code);
      const decision = decideJoin({ code, join, own, byNode: book.byNode, leftMs: leftMs(code) });
      if (decision.kind === 'refused') return decision;
      const { node, before, isRepeated } = decision;
      const id: string = randomUUID();
      const hasReplaced = code.isReplacing && book.byNode.has(node);
      const verifier = verifierOf(nodeSecretOf(clientKey, message));
      const credential: Credential = {
        ...{ id, node, verifier, code: code.id, installation: join.installation, madeMs: nowMs },
        usedMs: undefined,
        revoked: undefined,
        nextName: before?.nextName,
        trusts: undefined,
      };
      book.save(credential, () => {
        if (!isRepeated) codes.use(code.id);
        if (before !== undefined) owners.passOn(before.id, id);
        for (const log of logsUnder(node)) {
          const isItsOwn = own !== undefined && own.id === before?.id && log === join.log;
          if (code.isReplacing) owners.give(log, id, nowMs);
          else owners.claim(log, isItsOwn ? id : NOBODY, nowMs);
        }
      });
      return { kind: 'enrolled', credential, signature, hasReplaced };
    },
  };
}
