import type { NodeName } from '../../shared/names/node-name.ts';
import type { Arbiter, ArbiterEffect } from './arbiter.ts';
import { DailyVolume } from './daily-volume.ts';
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
}

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
    this.#perform(arbiter.claim(session, facts));
  }

  /** A machine that wants to become a node has sent its proof. */
  joining(session: SessionId, claim: JoinClaim): void {
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
    return facts;
  }

  /** The session is over. */
  left(session: SessionId): void {
    this.#waiting.delete(session);
    this.#perform(this.#options.arbiter.release(session));
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
