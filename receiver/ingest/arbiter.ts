import type { NodeName } from '../../shared/names/node-name.ts';
import type { ClaimFacts, Refusal, SessionId } from './messages.ts';

/** What the arbiter wants done. */
export type ArbiterEffect =
  | { readonly kind: 'grant'; readonly session: SessionId }
  | { readonly kind: 'refuse'; readonly session: SessionId; readonly refusal: Refusal }
  | { readonly kind: 'displace'; readonly session: SessionId; readonly refusal: Refusal }
  | { readonly kind: 'limit_reached'; readonly facts: ClaimFacts };

interface Claim {
  readonly holder: SessionId;
  readonly facts: ClaimFacts;
  /** Who gets the claim when the holder, told to go, has gone. */
  readonly heir: { readonly session: SessionId; readonly facts: ClaimFacts } | undefined;
}

/**
 * Decides who is connected. Workers ask it before a session touches a node's files, so that at any moment one session at most
 * has them: claims go by node name, and the limit is counted in one place. Pure: calls in, effects out.
 */
export class Arbiter {
  readonly #claims = new Map<NodeName, Claim>();
  #limit: number;

  /** @param limit how many nodes may be connected (`number_of_nodes`). */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Sets another limit. Who is connected stays, even where that is more. */
  setLimit(limit: number): void {
    this.#limit = limit;
  }

  /** How many nodes hold a claim. */
  get count(): number {
    return this.#claims.size;
  }

  /** Who is connected as a node. */
  holderOf(node: NodeName): { readonly session: SessionId; readonly facts: ClaimFacts } | undefined {
    const claim = this.#claims.get(node);
    return claim && { session: claim.holder, facts: claim.facts };
  }

  /** Who is connected with a credential. */
  holderWith(credential: string): { readonly session: SessionId; readonly facts: ClaimFacts } | undefined {
    const claim = [...this.#claims.values()].find(({ facts }) => facts.credential === credential);
    return claim && { session: claim.holder, facts: claim.facts };
  }

  /**
   * A session asks for a node.
   *
   * @param isRightful whether it displaces another log, too: the one that is connected is a copy of this machine
   */
  claim(session: SessionId, facts: ClaimFacts, isRightful = false): readonly ArbiterEffect[] {
    const present = this.#claims.get(facts.node);
    if (present === undefined) return this.#admit(session, facts);
    if (present.facts.log !== facts.log && !isRightful)
      return [refuse(session, nameTaken(facts, present.facts))];
    this.#claims.set(facts.node, { ...present, heir: { session, facts } });
    // The newest wins; an heir that has been waiting is told so, the holder is told only once.
    return present.heir === undefined
      ? [{ kind: 'displace', session: present.holder, refusal: superseded(facts) }]
      : [refuse(present.heir.session, superseded(facts))];
  }

  /** A session has ended and closed its files, or given up waiting for its claim. */
  release(session: SessionId): readonly ArbiterEffect[] {
    for (const [node, claim] of this.#claims) {
      if (claim.heir?.session === session) {
        this.#claims.set(node, { ...claim, heir: undefined });
        return [];
      }
      if (claim.holder === session) return this.#passOn(node, claim);
    }
    return [];
  }

  #passOn(node: NodeName, { heir }: Claim): readonly ArbiterEffect[] {
    this.#claims.delete(node);
    if (heir === undefined) return [];
    this.#claims.set(node, { holder: heir.session, facts: heir.facts, heir: undefined });
    return [{ kind: 'grant', session: heir.session }];
  }

  #admit(session: SessionId, facts: ClaimFacts): readonly ArbiterEffect[] {
    if (this.#claims.size >= this.#limit) {
      return [refuse(session, limitReached(this.#limit)), { kind: 'limit_reached', facts }];
    }
    this.#claims.set(facts.node, { holder: session, facts, heir: undefined });
    return [{ kind: 'grant', session }];
  }
}

function refuse(session: SessionId, refusal: Refusal): ArbiterEffect {
  return { kind: 'refuse', session, refusal };
}

function limitReached(limit: number): Refusal {
  const message = `this receiver takes ${limit} nodes (number_of_nodes) and they are all connected`;
  return { code: 'limit', message, retryAfterSeconds: 5 };
}

function nameTaken(wanted: ClaimFacts, present: ClaimFacts): Refusal {
  const message =
    `another machine, ${present.hostName} at ${present.address}, is connected as node ${wanted.node}; ` +
    'give one of the two another node_name';
  return { code: 'name_taken', message, retryAfterSeconds: 60 };
}

function superseded(by: ClaimFacts): Refusal {
  const message = `node ${by.node} has connected again from ${by.address}; the newer connection stays`;
  return { code: 'superseded', message, retryAfterSeconds: 30 };
}
