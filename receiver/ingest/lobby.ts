import type { NodeName } from '../../shared/names/node-name.ts';
import type { Arbiter, ArbiterEffect } from './arbiter.ts';
import { DailyVolume } from './daily-volume.ts';
import { isSameLife } from './is-same-life.ts';
import type {
  AuthProof,
  AuthVerdict,
  ClaimFacts,
  JoinClaim,
  JoinVerdict,
  Rejection,
  SessionId,
  ToWorker,
} from './messages.ts';
import { quotaRefusal } from './refusals.ts';

/** Who decides whether a sender may connect. */
export interface Gate {
  admit(facts: ClaimFacts, auth: AuthProof): AuthVerdict;
  join(claim: JoinClaim): JoinVerdict;
  /** A machine has been let in. */
  connected?(facts: ClaimFacts): void;
  /** Two machines are alive with one credential: which of them has to go, and why. */
  judgeTwins?(present: ClaimFacts, candidate: ClaimFacts, auth: AuthProof): TwinVerdict;
}

/** Which of two machines with one credential has to go. */
export type TwinVerdict = 'present' | Rejection;

/** Options of {@link Lobby}. */
export interface LobbyOptions {
  readonly gate: Gate;
  readonly arbiter: Arbiter;
  /** What one node may send in a day, bytes. */
  readonly bytesPerDay: number;
  readonly post: (session: SessionId, message: ToWorker) => void;
  /** A sender was refused because `number_of_nodes` are connected. */
  readonly onLimitReached: (facts: ClaimFacts) => void;
  /** A node has sent most of what it may in a day, or all of it. */
  readonly onVolume: (node: NodeName, state: 'near' | 'over') => void;
}

/** A sender that has proven who it is and waits for its claim. */
interface Waiting {
  readonly facts: ClaimFacts;
  readonly signature: Uint8Array;
}

/**
 * The main thread's side of a connection's beginning: asks the gate who it is, then the arbiter whether there is room, and lets the
 * worker know. Keeps count of what each node sends in a day.
 */
export class Lobby {
  readonly #options: LobbyOptions;
  readonly #waiting = new Map<SessionId, Waiting>();
  readonly #probes = new Map<SessionId, ((isAlive: boolean) => void)[]>();
  readonly #volumes = new Map<NodeName, DailyVolume>();

  constructor(options: LobbyOptions) {
    this.#options = options;
  }

  /** A sender has sent its proof. */
  claimed(session: SessionId, facts: ClaimFacts, auth: AuthProof): void {
    const { gate, arbiter, bytesPerDay } = this.#options;
    const verdict = gate.admit(facts, auth);
    if (verdict.kind === 'refused') {
      this.#reject(session, verdict);
      return;
    }
    const nowMs = Date.now();
    if (this.#volumeOf(facts.node).leftBytes(nowMs) === 0) {
      this.#reject(session, { kind: 'refused', refusal: quotaRefusal(bytesPerDay, nowMs), afterMs: 0 });
      return;
    }
    this.#waiting.set(session, { facts, signature: verdict.signature });
    const present = arbiter.holderOf(facts.node);
    const { judgeTwins } = gate;
    if (judgeTwins === undefined || present === undefined || isSameLife(present.facts, facts)) {
      this.#perform(arbiter.claim(session, facts));
      return;
    }
    this.#probe(present.session, (isAlive) => {
      // Meanwhile the one may have hung up, and another have come.
      if (!this.#waiting.has(session)) return;
      const holder = arbiter.holderOf(facts.node);
      const isTwin = isAlive && holder?.session === present.session;
      const twins = isTwin ? judgeTwins(present.facts, facts, auth) : 'present';
      if (twins === 'present') this.#perform(arbiter.claim(session, facts, isTwin));
      else this.#reject(session, twins);
    });
  }

  /** A machine that wants to become a node has sent its proof. */
  joining(session: SessionId, claim: JoinClaim): void {
    const { arbiter } = this.#options;
    const { credential } = claim.join;
    const present = credential === undefined ? undefined : arbiter.holderWith(credential);
    if (present === undefined) {
      this.#join(session, claim);
      return;
    }
    // The credential of a node that is connected comes from a copy of that, which is to be a node of its own.
    this.#probe(present.session, (isAlive) =>
      this.#join(session, isAlive ? { ...claim, credentialProof: undefined } : claim),
    );
  }

  /** A worker has probed a session. */
  probed(session: SessionId, isAlive: boolean): void {
    const waiting = this.#probes.get(session) ?? [];
    this.#probes.delete(session);
    for (const decide of waiting) decide(isAlive);
  }

  #probe(session: SessionId, decide: (isAlive: boolean) => void): void {
    const waiting = this.#probes.get(session);
    if (waiting !== undefined) {
      waiting.push(decide);
      return;
    }
    this.#probes.set(session, [decide]);
    this.#options.post(session, { kind: 'probe', session });
  }

  #join(session: SessionId, claim: JoinClaim): void {
    const verdict = this.#options.gate.join(claim);
    if (verdict.kind === 'refused') this.#reject(session, verdict);
    else this.#options.post(session, { ...verdict, session });
  }

  /** Who waits in this session; undefined when nobody does. */
  facts(session: SessionId): ClaimFacts | undefined {
    return this.#waiting.get(session)?.facts;
  }

  /** The session is connected, and waits no more. */
  entered(session: SessionId): ClaimFacts | undefined {
    const facts = this.facts(session);
    this.#waiting.delete(session);
    if (facts !== undefined) this.#options.gate.connected?.(facts);
    return facts;
  }

  /** The session is over. */
  left(session: SessionId): void {
    this.#waiting.delete(session);
    this.#perform(this.#options.arbiter.release(session));
    this.probed(session, false);
  }

  /** Sessions that wait. */
  sessions(): Iterable<SessionId> {
    return this.#waiting.keys();
  }

  /** A node has sent bytes. */
  count(node: NodeName, bytes: number): void {
    const state = this.#volumeOf(node).add(bytes, Date.now());
    if (state !== 'fine') this.#options.onVolume(node, state);
  }

  #volumeOf(node: NodeName): DailyVolume {
    const volume = this.#volumes.get(node) ?? new DailyVolume(this.#options.bytesPerDay);
    this.#volumes.set(node, volume);
    return volume;
  }

  #reject(session: SessionId, { refusal, afterMs }: Rejection): void {
    const answer = (): void => this.#options.post(session, { kind: 'refused', session, refusal });
    if (afterMs === 0) answer();
    else setTimeout(answer, afterMs).unref();
  }

  #perform(effects: readonly ArbiterEffect[]): void {
    const { post, onLimitReached } = this.#options;
    for (const effect of effects) {
      switch (effect.kind) {
        case 'limit_reached':
          onLimitReached(effect.facts);
          break;
        case 'displace':
          post(effect.session, effect);
          break;
        case 'refuse':
          post(effect.session, { ...effect, kind: 'refused' });
          break;
        case 'grant':
          this.#grant(effect.session);
          break;
        default:
          effect satisfies never;
      }
    }
  }

  #grant(session: SessionId): void {
    const waiting = this.#waiting.get(session);
    if (waiting === undefined) return;
    const leftBytes = this.#volumeOf(waiting.facts.node).leftBytes(Date.now());
    this.#options.post(session, { kind: 'granted', session, signature: waiting.signature, leftBytes });
  }
}
