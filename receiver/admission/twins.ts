import { randomBytes } from 'node:crypto';
import { twinSecretOf, verifierOf } from '../../shared/auth/auth.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { StateStore } from '../fleet/state-store.ts';
import { isSameLife } from '../ingest/is-same-life.ts';
import type { ClaimFacts } from '../ingest/messages.ts';
import type { Credential } from './credential-store.ts';
import { joinCodeStore } from './join-code-store.ts';
import { type Life, type LifeStore, lifeStore } from './life-store.ts';

/** Two machines with one credential, of which one is a copy of the other. */
export interface TwinMachines {
  readonly node: NodeName;
  /** The one that was seen first; it stays the node. */
  readonly older: Life;
  readonly younger: Life;
}

/** Options of {@link Twins}. */
export interface TwinsOptions {
  readonly store: StateStore;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Two machines were found that take turns. */
  readonly onFound: (twins: TwinMachines) => void;
}

const HOUR_MS = 3_600_000;
/** Copies of one credential that may become nodes of their own within an hour: whoever has stolen it cannot fill the fleet. */
const MAX_PERMITS = 5;
const CODE_ID_BYTES = 8;

/**
 * Notices that two machines connect with one credential: a cloned virtual machine or card, with the data directory of the first.
 *
 * A start of the sender or of its machine is one change, from one life to the next, and the earlier one never comes back. So a process
 * or a boot id that returns after a later one was seen proves that both are alive. The machine that was seen later is the younger: the one
 * whose boot id and host were.
 */
export class Twins {
  readonly #options: TwinsOptions;
  readonly #lives: LifeStore;
  readonly #permits = new Map<string, readonly number[]>();

  constructor(options: TwinsOptions) {
    this.#options = options;
    this.#lives = lifeStore(options.store);
  }

  /** Whether a claim comes from the copy of a machine that was seen earlier. */
  isTwin(facts: ClaimFacts): boolean {
    const lives = this.#lives.of(facts.credential);
    const own = lives.find((life) => isSameLife(life, facts));
    if (own !== undefined) return own.isTwin;
    // Its sender was started again.
    const same = lives.filter(
      ({ bootId, hostName }) => bootId === facts.bootId && hostName === facts.hostName,
    );
    return same.length > 0 && same.every((life) => life.isTwin);
  }

  /**
   * Looks for machines that have connected since the one that connects now was first seen, and so must be alive next to it. Remembers
   * which of the two is the younger. @returns whether there were any
   */
  findTwins(facts: ClaimFacts): boolean {
    const lives = this.#lives.of(facts.credential);
    const found = lives.filter((life) => !life.isTwin && isAliveNextTo(life, facts, lives));
    for (const life of found) this.#settle(facts, this.#lifeOf(facts, lives), life, lives);
    return found.length > 0;
  }

  /** A machine is connected. */
  connected(facts: ClaimFacts): void {
    const lives = this.#lives.of(facts.credential);
    if (!lives.some((life) => isSameLife(life, facts)))
      this.#lives.save(facts.credential, this.#lifeOf(facts, lives));
  }

  /** Both are alive now: finds out which is the younger, and remembers that. */
  judge(present: ClaimFacts, candidate: ClaimFacts): 'present' | 'candidate' {
    const lives = this.#lives.of(candidate.credential);
    const [one, two] = [this.#lifeOf(present, lives), this.#lifeOf(candidate, lives)];
    // It is known already.
    if (one.isTwin && !two.isTwin) return 'present';
    return this.#settle(candidate, one, two, lives) === one ? 'present' : 'candidate';
  }

  /**
   * A join code for a copy, good for an hour and for one machine. Its secret is never sent: both sides make it. Undefined when too many
   * have been made, and when the node became one by such a code itself: a stolen credential would beget others without end.
   *
   * @returns the id of the code
   */
  permit(
    { id: credential, code: from }: Credential,
    clientKey: Uint8Array,
    message: Uint8Array,
  ): string | undefined {
    const { store, clock } = this.#options;
    const codes = joinCodeStore(store);
    if (codes.isForCopy(from)) return undefined;
    const nowMs = clock.monotonic();
    const recent = (this.#permits.get(credential) ?? []).filter((atMs) => nowMs - atMs < HOUR_MS);
    if (recent.length >= MAX_PERMITS) return undefined;
    this.#permits.set(credential, [...recent, nowMs]);
    const id = randomBytes(CODE_ID_BYTES).toString('hex');
    const verifier = verifierOf(twinSecretOf(clientKey, message));
    const [madeMs, expiresMs] = [clock.now(), clock.now() + HOUR_MS];
    const kind = { node: undefined, isReplacing: false, isForCopy: true };
    store.transaction(() => codes.add({ id, verifier, ...kind, uses: 1, used: 0, madeMs, expiresMs }));
    return id;
  }

  /** Remembers which of two machines is the younger, and returns it. */
  #settle({ credential, node }: ClaimFacts, one: Life, two: Life, lives: readonly Life[]): Life {
    const [older, younger] = isOlder(two, one, lives) ? [two, one] : [one, two];
    this.#lives.save(credential, { ...younger, isTwin: true });
    this.#options.onFound({ node, older, younger });
    return younger;
  }

  #lifeOf(facts: ClaimFacts, lives: readonly Life[]): Life {
    const { instance, bootId, hostName, address } = facts;
    // In the order in which they came, whatever the clock is set to in between.
    const firstMs = Math.max(this.#options.clock.now(), ...lives.map((life) => life.firstMs + 1));
    const known = lives.find((life) => isSameLife(life, facts));
    return known ?? { instance, bootId, hostName, address, firstMs, isTwin: false };
  }
}

/** Whether what connects now was seen before `life`, and so is alive next to it. */
function isAliveNextTo(life: Life, facts: ClaimFacts, lives: readonly Life[]): boolean {
  if (isSameLife(life, facts)) return false;
  const isEarlier = ({ firstMs }: Life): boolean => firstMs < life.firstMs;
  const isProcessBack = lives.some((one) => isSameLife(one, facts) && isEarlier(one));
  const isBootBack = lives.some((one) => one.bootId === facts.bootId && isEarlier(one));
  return isProcessBack || (isBootBack && life.bootId !== facts.bootId);
}

/** Whether one life is of the machine that was seen earlier; its sender may have been started again since. */
function isOlder(one: Life, other: Life, lives: readonly Life[]): boolean {
  const [ms, otherMs] = [machineSinceMs(one, lives), machineSinceMs(other, lives)];
  return ms === otherMs ? one.firstMs < other.firstMs : ms < otherMs;
}

function machineSinceMs({ bootId, hostName, firstMs }: Life, lives: readonly Life[]): number {
  const same = lives.filter((life) => life.bootId === bootId && life.hostName === hostName);
  return Math.min(firstMs, ...same.map((life) => life.firstMs));
}
