/**
 * Admission: which machines may connect, and as which node.
 *
 * A join code lets a machine in once (or as often as it says); from then on the machine has a credential of its own. Both are
 * secrets that are never sent: `shared/auth` says how they are proven. What lies here (`credentials` and `join_codes` in
 * `fleet.db`) checks a proof but cannot make one.
 *
 * Invariants. Tests cite them by number.
 *
 * 1. Nobody is told which part was wrong: an unknown credential and a wrong proof get the same answer.
 * 2. A code lets in at most as many machines as it was made for. A machine that did not hear the answer asks again and uses no more.
 * 3. A name belongs to one credential. It changes hands only by a code made for that name, for a machine that still has the
 *    node's log, or after `forget` or `revoke`.
 * 4. What was granted or taken is on disk before anybody is told.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { checkProof, nodeSecretOf, SECRET_BYTES, verifierOf } from '../../shared/auth/auth.ts';
import { UserError } from '../../shared/errors/errors.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { StateStore } from '../fleet/state-store.ts';
import type {
  AuthProof,
  AuthVerdict,
  ClaimFacts,
  JoinClaim,
  JoinVerdict,
  Refusal,
  Rejection,
} from '../ingest/messages.ts';
import { chooseName } from './choose-name.ts';
import { type Credential, credentialStore, sortCredentials } from './credential-store.ts';
import { FailedAttempts } from './failed-attempts.ts';
import { joinCodeStore } from './join-code-store.ts';
import { codeRefusal, nameRefusal, revokedRefusal, unprovenRefusal } from './refusals.ts';

/** Options of {@link createAdmission}. */
export interface AdmissionOptions {
  readonly store: StateStore;
  /** Id of this receiver. */
  readonly receiverId: string;
  /** The id of the log that a node has sent, by which a machine is known again. */
  readonly logOf: (node: NodeName) => string | undefined;
  /** A node connects under its new name; of the old one there is none any more. */
  readonly onRenamed: (from: NodeName, to: NodeName) => void;
  /** After so many failed attempts of an address in an hour, {@link onAlarm} is called. */
  readonly alarmAt: number;
  readonly onAlarm: (address: string, attempts: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What {@link Admission.makeCode} shall make. */
export interface CodeOptions {
  /** How many machines it lets in. */
  readonly uses: number;
  /** How long it is good for, ms. */
  readonly lifetimeMs: number;
  /** The name that it gives. Such a code is for one machine. */
  readonly node?: NodeName | undefined;
}

/** A join code that was just made; the secret is nowhere else. */
export interface NewCode {
  readonly id: string;
  readonly secret: Uint8Array;
  readonly expiresMs: number;
}

/** Who may connect. */
export interface Admission {
  /** Checks a sender's proof. */
  admit(facts: ClaimFacts, auth: AuthProof): AuthVerdict;
  /** Makes a machine a node, if its code is good. */
  join(claim: JoinClaim): JoinVerdict;
  /** Makes a join code. */
  makeCode(options: CodeOptions): NewCode;
  /** What a node may connect with; undefined when it never joined or was forgotten. */
  credentialOf(node: NodeName): Credential | undefined;
  /** All that were given out and not forgotten, by node. */
  credentials(): readonly Credential[];
  /** Calls `listener` after every change of a credential until disposed. It must not throw. */
  onChange(listener: () => void): Disposable;
  /** Takes a node's credential from it. @throws UserError `NODE_UNKNOWN` */
  revoke(node: NodeName, why: string): void;
  /** The node has said that it will know a certificate. @param sha256 hex */
  confirm(node: NodeName, sha256: string): void;
  /** The node is to take another name when it is told. @throws UserError `NODE_UNKNOWN`, `NODE_NAME_TAKEN` */
  rename(node: NodeName, to: NodeName): void;
  /** Forgets the node's credential; its name is free again. */
  forget(node: NodeName): void;
}

const CODE_ID_BYTES = 8;
/** How long an expired code is remembered, so that whoever still tries it learns that it has expired, ms. */
const MEMORY_MS = 30 * 86_400_000;

/** Prepares admission from what is on disk. */
export function createAdmission(options: AdmissionOptions): Admission {
  const { store, clock, log } = options;
  const table = credentialStore(store);
  const codes = joinCodeStore(store);
  const failures = new FailedAttempts({ clock, alarmAt: options.alarmAt, onAlarm: options.onAlarm });
  const listeners = new Set<() => void>();
  const byId = new Map<string, Credential>();
  const byNode = new Map<NodeName, Credential>();
  for (const credential of table.read()) remember(credential);

  function unproven(address: string): Rejection {
    log.warn({ address }, 'somebody could not prove what it said');
    return { kind: 'refused', refusal: unprovenRefusal(), afterMs: failures.failed(address) };
  }

  function remember(credential: Credential): void {
    dropFromMemory(credential.node);
    byId.set(credential.id, credential);
    byNode.set(credential.node, credential);
  }

  function dropFromMemory(node: NodeName): void {
    const before = byNode.get(node);
    if (before !== undefined) byId.delete(before.id);
    byNode.delete(node);
  }

  /** Disk first (invariant 4). */
  function save(credential: Credential, alongside: () => void = () => undefined): void {
    store.transaction(() => {
      table.save(credential);
      alongside();
    });
    remember(credential);
    changed();
  }

  function changed(): void {
    for (const listener of listeners) listener();
  }

  function existing(node: NodeName): Credential {
    const credential = byNode.get(node);
    if (credential !== undefined) return credential;
    throw new UserError('NODE_UNKNOWN', `no node ${node} has joined this receiver`, {
      hint: 'fleetkeep-receiver nodes lists those that have.',
    });
  }

  /** The node connects under the name that it was told to take: from now on that is its name. */
  function completeRename(credential: Credential, to: NodeName): void {
    const renamed: Credential = { ...credential, node: to, nextName: undefined };
    save(renamed);
    byNode.delete(credential.node);
    log.info({ from: credential.node, to }, 'node has its new name');
    options.onRenamed(credential.node, to);
  }

  return {
    admit(facts, { message, proof }) {
      const credential = byId.get(facts.credential);
      const proven = credential && checkProof(credential.verifier, message, proof);
      if (credential === undefined || proven === undefined) return unproven(facts.address);
      if (credential.revoked !== undefined)
        return refused(revokedRefusal(credential.node, credential.revoked.why));
      if (facts.node === credential.nextName) completeRename(credential, facts.node);
      else if (facts.node !== credential.node) return refused(nameRefusal(facts.node, credential.node));
      const current = byId.get(facts.credential) ?? credential;
      if (current.usedMs === undefined) save({ ...current, usedMs: clock.now() });
      return { kind: 'proven', signature: proven.signature };
    },

    join({ join, message, proof, address }) {
      const code = codes.find(join.code);
      const proven = code && checkProof(code.verifier, message, proof);
      if (code === undefined || proven === undefined) return unproven(address);
      const nowMs = clock.now();
      const earlier = [...byNode.values()].find(
        ({ installation, code: from, usedMs }) =>
          installation === join.installation && from === code.id && usedMs === undefined,
      );
      if (code.expiresMs < nowMs) return refused(codeRefusal('it has expired'));
      if (earlier === undefined && code.used >= code.uses)
        return refused(codeRefusal(`it was for ${code.uses} and has been used ${code.used} times`));
      const isFree = (name: NodeName): boolean => {
        const holder = byNode.get(name);
        if (holder === undefined || holder.revoked !== undefined) return true;
        return join.log !== undefined && options.logOf(name) === join.log;
      };
      const node = code.node ?? earlier?.node ?? chooseName(join.node, isFree);
      const id: string = randomUUID();
      const credential: Credential = {
        id,
        node,
        verifier: verifierOf(nodeSecretOf(proven.clientKey, message)),
        code: code.id,
        installation: join.installation,
        madeMs: nowMs,
        usedMs: undefined,
        revoked: undefined,
        nextName: undefined,
        trusts: undefined,
      };
      save(credential, () => {
        if (earlier === undefined) codes.use(code.id);
      });
      log.info({ node, address, host: join.host_name }, 'a machine has joined as a node');
      const signature = proven.signature.toString('hex');
      return { kind: 'joined', joined: { node, credential: id, receiver: options.receiverId, signature } };
    },

    makeCode({ uses, lifetimeMs, node }) {
      const id = randomBytes(CODE_ID_BYTES).toString('hex');
      const secret = randomBytes(SECRET_BYTES);
      const madeMs = clock.now();
      const expiresMs = madeMs + lifetimeMs;
      store.transaction(() => {
        codes.removeExpired(madeMs - MEMORY_MS);
        codes.add({ id, verifier: verifierOf(secret), node, uses, used: 0, madeMs, expiresMs });
      });
      return { id, secret, expiresMs };
    },

    onChange(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    credentialOf: (node) => byNode.get(node),
    credentials: () => sortCredentials(byNode.values()),

    revoke(node, why) {
      save({ ...existing(node), revoked: { sinceMs: clock.now(), why }, nextName: undefined });
      log.info({ node, why }, 'node was revoked');
    },

    confirm(node, sha256) {
      const credential = byNode.get(node);
      if (credential !== undefined && credential.trusts !== sha256) save({ ...credential, trusts: sha256 });
    },

    rename(node, to) {
      const credential = existing(node);
      const isTaken = byNode.has(to) || [...byNode.values()].some(({ nextName }) => nextName === to);
      if (isTaken && credential.nextName !== to) {
        throw new UserError('NODE_NAME_TAKEN', `there is a node ${to} already`, {
          hint: 'Choose another name, or forget that node first.',
        });
      }
      save({ ...credential, nextName: to });
    },

    forget(node) {
      table.remove(node);
      dropFromMemory(node);
      changed();
      log.info({ node }, 'node was forgotten');
    },
  };
}

function refused(refusal: Refusal): Rejection {
  return { kind: 'refused', refusal, afterMs: 0 };
}
