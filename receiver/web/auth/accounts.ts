/**
 * Accounts: who may look, who may change.
 *
 * 1. Of passwords, sessions and tokens only hashes are stored: who reads the disk cannot sign in.
 * 2. While there is no administrator, nobody can sign in; a link that only the terminal of the receiver shows makes the first one. It is
 *    good once, and until the receiver is started again.
 * 3. A session ends when it was not used for a week, after 90 days, and when its user's password is changed.
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { UserError } from '../../../shared/errors/errors.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { AccountStore, Role, TokenRow } from './account-store.ts';
import { checkPassword, hashPassword, PASSWORD_LENGTH } from './password.ts';

export type { Role } from './account-store.ts';

/** Who asks. */
export interface Caller {
  readonly kind: 'session' | 'token';
  readonly name: string;
  readonly role: Role;
  /** What a request that changes something has to show; undefined for a token. */
  readonly csrf: string | undefined;
}

/** The user that the link of the terminal makes. */
export const FIRST_USER = 'admin';

const DAY_MS = 86_400_000;
const IDLE_MS = 7 * DAY_MS;
const LONGEST_MS = 90 * DAY_MS;
/** Written down at most so often, ms. */
const TOUCH_MS = 60_000;
/** So far a clock may be set back without everybody having to sign in again, ms. */
const AHEAD_MS = 2 * DAY_MS;
const SECRET_BYTES = 32;
/** Users and tokens each, at most. */
const MAX_ACCOUNTS = 200;

/** The accounts of a running receiver. */
export class Accounts {
  readonly #store: AccountStore;
  readonly #clock: Clock;
  #setup: { readonly token: string; readonly user: string } | undefined;

  constructor(store: AccountStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#prune();
    if (this.isSetupNeeded) this.inviteUser(FIRST_USER);
  }

  /** Whether there is no administrator yet. */
  get isSetupNeeded(): boolean {
    return !this.#store.users().some(({ role }) => role === 'admin');
  }

  /** The token of the link that sets a password; undefined when none is open. */
  get setupToken(): string | undefined {
    return this.#setup?.token;
  }

  /** Opens a link by which this user, an administrator if new, sets a password; one that was open is good no more. */
  inviteUser(user: string): string {
    const token = newSecret();
    this.#setup = { token, user };
    return token;
  }

  /** Sets the password of the user whom the link was for. @throws UserError `USAGE` when the link is not good */
  async setUp(token: string, password: string): Promise<string> {
    const setup = this.#setup;
    if (setup === undefined || !isSame(setup.token, token)) {
      throw new UserError('USAGE', 'this link is not good any more', {
        hint: 'fleetkeep-receiver web-password prints a new one.',
      });
    }
    const role = this.#store.user(setup.user)?.role ?? 'admin';
    await this.saveUser(setup.user, role, password);
    this.#setup = undefined;
    return setup.user;
  }

  /** Whether this is the password of the user. */
  async check(user: string, password: string): Promise<boolean> {
    return await checkPassword(password.slice(0, PASSWORD_LENGTH.max), this.#store.user(user)?.password);
  }

  /** Makes a user, or sets role and password of one, whose sessions end. @throws UserError `USAGE` */
  async saveUser(name: string, role: Role, password: string): Promise<void> {
    if (password.length < PASSWORD_LENGTH.min) {
      throw new UserError('USAGE', `a password has at least ${PASSWORD_LENGTH.min} characters`, {
        hint: 'Four or five words that have nothing to do with each other are good, and easy to remember.',
      });
    }
    this.#refuse(name, role);
    const hash = await hashPassword(password);
    this.#store.saveUser({ name, role, password: hash }, this.#clock.now());
    this.#store.removeSessionsOf(name);
  }

  /** @throws UserError `USAGE` when it is the last administrator */
  removeUser(name: string): void {
    if (!this.#hasAdminBeside(name)) {
      throw new UserError('USAGE', `${name} is the only administrator, and stays`);
    }
    this.#store.removeUser(name);
  }

  users(): readonly { readonly name: string; readonly role: Role }[] {
    return this.#store.users().map(({ name, role }) => ({ name, role }));
  }

  /** Begins a session; returns what the cookie holds. */
  beginSession(user: string): string {
    this.#prune();
    const secret = newSecret();
    const nowMs = this.#clock.now();
    this.#store.addSession(hashOf(secret), { user, csrf: newSecret(), madeMs: nowMs, seenMs: nowMs });
    return secret;
  }

  /** Who has this cookie; undefined for nobody. */
  bySession(secret: string): Caller | undefined {
    const hash = hashOf(secret);
    const found = this.#store.session(hash);
    const nowMs = this.#clock.now();
    if (found === undefined || nowMs - found.seenMs > IDLE_MS || nowMs - found.madeMs > LONGEST_MS)
      return undefined;
    // It began while the clock was ahead, and would last until the clock gets there again.
    if (found.madeMs - nowMs > AHEAD_MS) return undefined;
    if (Math.abs(nowMs - found.seenMs) > TOUCH_MS) this.#store.touchSession(hash, nowMs);
    return { kind: 'session', name: found.user, role: found.role, csrf: found.csrf };
  }

  endSession(secret: string): void {
    this.#store.removeSession(hashOf(secret));
  }

  /** Makes a token, which is shown this once. */
  addToken(name: string, role: Role): { readonly id: number; readonly token: string } {
    if (this.#store.tokens().length >= MAX_ACCOUNTS)
      throw new UserError('USAGE', 'there are too many tokens');
    const token = `fkt_${newSecret()}`;
    return { id: this.#store.addToken({ name, role, hash: hashOf(token) }, this.#clock.now()), token };
  }

  /** Who has this token; undefined for nobody. */
  byToken(token: string): Caller | undefined {
    const found = this.#store.token(hashOf(token));
    if (found === undefined) return undefined;
    const nowMs = this.#clock.now();
    if (nowMs - (found.usedMs ?? 0) > TOUCH_MS) this.#store.touchToken(found.id, nowMs);
    return { kind: 'token', name: found.name, role: found.role, csrf: undefined };
  }

  tokens(): readonly TokenRow[] {
    return this.#store.tokens();
  }

  removeToken(id: number): void {
    this.#store.removeToken(id);
  }

  #prune(): void {
    const nowMs = this.#clock.now();
    this.#store.pruneSessions(nowMs - IDLE_MS, nowMs - LONGEST_MS);
  }

  #refuse(name: string, role: Role): void {
    const users = this.#store.users();
    const known = users.find((user) => user.name === name);
    if (known === undefined && users.length >= MAX_ACCOUNTS) {
      throw new UserError('USAGE', 'there are too many users');
    }
    // Whoever asks for it, also by a token: without an administrator everybody would be locked out.
    if (known?.role === 'admin' && role !== 'admin' && !this.#hasAdminBeside(name)) {
      throw new UserError('USAGE', `${name} is the only administrator, and stays one`);
    }
  }

  #hasAdminBeside(name: string): boolean {
    return this.#store.users().some((user) => user.name !== name && user.role === 'admin');
  }
}

/** Whether two secrets are the same, in a time that does not tell where they differ. */
export function isSame(a: string, b: string): boolean {
  return timingSafeEqual(hashOf(a), hashOf(b));
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
