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
 * 3. A name belongs to one credential. It passes to another one only when the machine proves the old one as well, or by an
 *    administrator's word: a code made with `--replace`, `forget` or `revoke`.
 * 4. A log belongs to the credential that first connected with it, and passes on only with that proof or by a code made with
 *    `--replace`. Knowing a log's id gives no right to it.
 * 5. What was granted or taken is on disk before anybody is told.
 */

import { randomBytes } from 'node:crypto';
import { checkProof, type Proven, SECRET_BYTES, verifierOf } from '../../shared/auth/auth.ts';
import { UserError } from '../../shared/errors/errors.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { Spans } from '../../shared/time/spans.ts';
import { describeRename } from '../fleet/describe-rename.ts';
import type { Renames } from '../fleet/renames.ts';
import type { StateStore } from '../fleet/state-store.ts';
import type { Gate } from '../ingest/lobby.ts';
import type { ClaimFacts, Refusal, Rejection } from '../ingest/messages.ts';
import { CredentialBook } from './credential-book.ts';
import type { Credential } from './credential-store.ts';
import { FailedAttempts } from './failed-attempts.ts';
import { joinCodeStore, type StoredJoinCode } from './join-code-store.ts';
import { joinDesk } from './join-desk.ts';
import { logOwnerStore, NOBODY } from './log-owner-store.ts';
import { logRefusal, nameRefusal, revokedRefusal, twinRefusal, unprovenRefusal } from './refusals.ts';

import { type TwinMachines, Twins } from './twins.ts';

/** Options of {@link createAdmission}. */
export interface AdmissionOptions {
  readonly store: StateStore;
  /** Id of this receiver. */
  readonly receiverId: string;
  /** The ids of all logs that lie here under a name. */
  readonly logsUnder: (node: NodeName) => readonly string[];
  /** The id of the log that a node connected with last, as an earlier version may have left it. */
  readonly logOf: (node: NodeName) => string | undefined;
  /** By an administrator's word another machine has taken a node's place; the old one may still be connected. */
  readonly onReplaced: (node: NodeName) => void;
  /** Hears each new name, in the transaction that gives it. */
  readonly renames: Pick<Renames, 'add' | 'nowOf'>;
  /** A node connects under its new name; of the old one there is none any more. */
  readonly onRenamed: (from: NodeName, to: NodeName) => void;
  /** Two machines take turns with one credential. */
  readonly onTwins: (twins: TwinMachines) => void;
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
  /** Whether the machine takes the place of the one that has the name. */
  readonly isReplacing?: boolean | undefined;
}

/** A join code that was just made; the secret is nowhere else. */
export interface NewCode {
  readonly id: string;
  readonly secret: Uint8Array;
  readonly expiresMs: number;
}

/** Who may connect. */
export interface Admission extends Required<Gate> {
  /** Makes a join code. */
  makeCode(options: CodeOptions): NewCode;
  /** The logs that a credential owns, the newest last. */
  logsOf(credential: string): readonly string[];
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
  const book = new CredentialBook(store);
  const owners = logOwnerStore(store);
  const codes = joinCodeStore(store);
  const { logsUnder } = options;
  const twins = new Twins({ store, clock, onFound: (found) => options.onTwins(found) });
  const spans = new Spans<string>(clock);
  const leftMs = ({ id, madeMs, expiresMs }: Pick<StoredJoinCode, 'id' | 'madeMs' | 'expiresMs'>) =>
    spans.leftMs(id, { fromMs: madeMs, untilMs: expiresMs });
  // Their time runs from now on, whatever the clock is set to.
  for (const code of codes.list()) leftMs(code);
  const desk = joinDesk({ store, book, owners, logsUnder, now: () => clock.now(), leftMs });
  const failures = new FailedAttempts({ clock, alarmAt: options.alarmAt, onAlarm: options.onAlarm });
  adoptLogs();

  /**
   * An earlier version keeps no owners: a log belongs to the node that connected with it last. It also gives a node that joins again
   * another credential and leaves the log to the one before, which is no more when this version comes back.
   */
  function adoptLogs(): void {
    store.transaction(() => {
      for (const { id, node, usedMs } of book.byNode.values()) {
        const logId = options.logOf(node);
        if (logId === undefined || usedMs === undefined) continue;
        const owner = owners.ownerOf(logId);
        const isOrphan = owner !== undefined && owner !== NOBODY && book.find(owner) === undefined;
        if (isOrphan) owners.give(logId, id, clock.now());
        else owners.claim(logId, id, clock.now());
      }
    });
  }

  function unproven(address: string): Rejection {
    log.warn({ address }, 'somebody could not prove what it said');
    return { kind: 'refused', refusal: unprovenRefusal(), afterMs: failures.failed(address) };
  }

  function existing(node: NodeName): Credential {
    const credential = book.byNode.get(node);
    if (credential !== undefined) return credential;
    const rename = options.renames.nowOf(node);
    throw new UserError('NODE_UNKNOWN', `no node ${node} has joined this receiver`, {
      hint: rename ? describeRename(rename) : 'fleetkeep-receiver nodes lists those that have.',
    });
  }

  /** The node connects under the name that it was told to take: from now on that is its name. */
  function completeRename(credential: Credential, to: NodeName): void {
    const renamed = { ...credential, node: to, nextName: undefined };
    book.save(renamed, () => options.renames.add({ from: credential.node, to, atMs: clock.now() }));
    log.info({ from: credential.node, to }, 'node has its new name');
    options.onRenamed(credential.node, to);
  }

  /** From now on the log is this credential's, and the credential has been connected with. */
  function noteUse(credential: Credential, logId: string): void {
    const nowMs = clock.now();
    const used = { ...credential, usedMs: credential.usedMs ?? nowMs };
    book.save(used, () => owners.claim(logId, credential.id, nowMs));
  }

  function refuseTwin(facts: ClaimFacts, message: Uint8Array, { clientKey, signature }: Proven): Refusal {
    const credential = facts.instance === undefined ? undefined : book.find(facts.credential);
    const joinCode = credential && twins.permit(credential, clientKey, message);
    return twinRefusal(facts.node, { signature, joinCode });
  }

  return {
    connected: (facts) => twins.connected(facts),

    judgeTwins(present, candidate, { message, proof }) {
      if (twins.judge(present, candidate) === 'present') return 'present';
      const credential = book.find(candidate.credential);
      const proven = credential && checkProof(credential.verifier, message, proof);
      return proven === undefined
        ? unproven(candidate.address)
        : refused(refuseTwin(candidate, message, proven));
    },

    admit(facts, { message, proof }) {
      const credential = book.find(facts.credential);
      const proven = credential && checkProof(credential.verifier, message, proof);
      if (credential === undefined || proven === undefined) return unproven(facts.address);
      if (credential.revoked !== undefined)
        return refused(revokedRefusal(credential.node, credential.revoked.why));
      const isRenamed = facts.node === credential.nextName;
      if (!isRenamed && facts.node !== credential.node)
        return refused(nameRefusal(facts.node, credential.node));
      const isOneOfTwo = !twins.isTwin(facts) && twins.findTwins(facts);
      if (twins.isTwin(facts)) return refused(refuseTwin(facts, message, proven));
      // Two machines have written this log. The one that can begins another, so that no copy of it has to be set aside.
      if (isOneOfTwo && facts.instance !== undefined)
        store.transaction(() => owners.give(facts.log, NOBODY, clock.now()));
      const owner = owners.ownerOf(facts.log);
      if (owner !== undefined && owner !== credential.id)
        return refused(logRefusal(facts.node, facts.log, proven.signature));
      if (isRenamed) completeRename(credential, facts.node);
      const current = book.find(facts.credential) ?? credential;
      if (owner === undefined || current.usedMs === undefined) noteUse(current, facts.log);
      return { kind: 'proven', signature: proven.signature };
    },

    join(claim) {
      const checked = desk.check(claim);
      if (checked === undefined) return unproven(claim.address);
      const enrolment = desk.enrol(claim, checked.code, checked.proven);
      if (enrolment.kind === 'refused') return refused(enrolment.refusal);
      const { credential, signature, hasReplaced } = enrolment;
      const { id, node } = credential;
      if (hasReplaced) options.onReplaced(node);
      log.info(
        { node, address: claim.address, host: claim.join.host_name },
        'a machine has joined as a node',
      );
      const { receiverId: receiver } = options;
      return {
        kind: 'joined',
        joined: { node, credential: id, receiver, signature: signature.toString('hex') },
      };
    },

    makeCode({ uses, lifetimeMs, node, isReplacing = false }) {
      const id = randomBytes(CODE_ID_BYTES).toString('hex');
      const secret = randomBytes(SECRET_BYTES);
      const madeMs = clock.now();
      const expiresMs = madeMs + lifetimeMs;
      store.transaction(() => {
        codes.removeExpired(madeMs - MEMORY_MS);
        codes.add({
          ...{ id, verifier: verifierOf(secret), node, isReplacing, isForCopy: false },
          ...{ uses, used: 0, madeMs, expiresMs },
        });
      });
      leftMs({ id, madeMs, expiresMs });
      return { id, secret, expiresMs };
    },

    onChange: (listener) => book.onChange(listener),
    logsOf: (credential) => owners.logsOf(credential),
    credentialOf: (node) => book.byNode.get(node),
    credentials: () => book.sorted(),

    revoke(node, why) {
      book.save({ ...existing(node), revoked: { sinceMs: clock.now(), why }, nextName: undefined });
      log.info({ node, why }, 'node was revoked');
    },

    confirm(node, sha256) {
      const credential = book.byNode.get(node);
      if (credential !== undefined && credential.trusts !== sha256)
        book.save({ ...credential, trusts: sha256 });
    },

    rename(node, to) {
      const credential = existing(node);
      const isTaken = book.byNode.has(to) || book.sorted().some(({ nextName }) => nextName === to);
      if (isTaken && credential.nextName !== to) {
        throw new UserError('NODE_NAME_TAKEN', `there is a node ${to} already`, {
          hint: 'Choose another name, or forget that node first.',
        });
      }
      book.save({ ...credential, nextName: to });
    },

    forget(node) {
      book.remove(node);
      log.info({ node }, 'node was forgotten');
    },
  };
}

function refused(refusal: Refusal): Rejection {
  return { kind: 'refused', refusal, afterMs: 0 };
}
