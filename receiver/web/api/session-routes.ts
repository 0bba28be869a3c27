import { VERSION } from '../../../shared/names/version.ts';
import type { Accounts } from '../auth/accounts.ts';
import type { AttemptLimit } from '../auth/attempt-limit.ts';
import * as contract from '../contract/session.ts';
import { HttpError } from '../http-error.ts';
import { type Route, route } from '../route.ts';
import type { SessionCookie } from '../session-cookie.ts';

/** What the routes about who is signed in need. */
export interface SessionRoutesOptions {
  readonly accounts: Accounts;
  readonly attempts: AttemptLimit;
  readonly cookie: SessionCookie;
}

/** Signing in and out, users and tokens. */
export function sessionRoutes({ accounts, attempts, cookie }: SessionRoutesOptions): readonly Route[] {
  return [
    route(
      {
        ...{ method: 'GET', path: '/session', who: 'nobody', summary: 'Who is signed in.' },
        answer: contract.sessionAnswer,
      },
      ({ caller }) => {
        if (accounts.isSetupNeeded) {
          throw new HttpError(401, 'SETUP_NEEDED', 'No administrator has a password yet.', {
            hint: 'Open the link that the receiver printed when it started.',
          });
        }
        if (caller?.csrf === undefined) throw new HttpError(401, 'SIGNED_OUT', 'Nobody is signed in.');
        return { user: caller.name, role: caller.role, csrf: caller.csrf, version: VERSION };
      },
    ),
    route(
      {
        ...{ method: 'POST', path: '/session', who: 'nobody', summary: 'Sign in.' },
        body: contract.signInBody,
      },
      async ({ body, address, reply }) => {
        const waitMs = attempts.waitMs(address);
        if (waitMs > 0) throw tooMany(waitMs);
        // Counted before it is known: many attempts at the same time are many.
        attempts.failed(address);
        if (!(await accounts.check(body.user, body.password))) {
          throw new HttpError(401, 'WRONG_PASSWORD', 'Name or password is wrong.');
        }
        attempts.succeeded(address);
        cookie.set(reply, accounts.beginSession(body.user));
      },
    ),
    route(
      {
        ...{
          method: 'POST',
          path: '/setup',
          who: 'nobody',
          summary: 'Set a password by a link of the terminal.',
        },
        body: contract.setupBody,
      },
      async ({ body, address, reply }) => {
        const waitMs = attempts.waitMs(address);
        if (waitMs > 0) throw tooMany(waitMs);
        attempts.failed(address);
        const user = await accounts.setUp(body.token, body.password);
        attempts.succeeded(address);
        cookie.set(reply, accounts.beginSession(user));
      },
    ),
    route({ method: 'DELETE', path: '/session', who: 'viewer', summary: 'Sign out.' }, ({ reply }) => {
      const secret = cookie.read(reply.request);
      if (secret !== undefined) accounts.endSession(secret);
      cookie.clear(reply);
    }),
    ...userRoutes(accounts),
    ...tokenRoutes(accounts),
  ];
}

function userRoutes(accounts: Accounts): readonly Route[] {
  return [
    route(
      {
        ...{ method: 'GET', path: '/users', who: 'admin', summary: 'Who may sign in.' },
        answer: contract.usersAnswer,
      },
      () => [...accounts.users()],
    ),
    route(
      {
        ...{
          method: 'POST',
          path: '/users',
          who: 'admin',
          summary: 'Make a user, or set role and password.',
        },
        body: contract.userBody,
      },
      async ({ body }) => await accounts.saveUser(body.name, body.role, body.password),
    ),
    route(
      {
        ...{ method: 'DELETE', path: '/users/:name', who: 'admin', summary: 'Remove a user.' },
        params: contract.userParams,
      },
      ({ params }) => accounts.removeUser(params.name),
    ),
  ];
}

function tokenRoutes(accounts: Accounts): readonly Route[] {
  return [
    route(
      {
        ...{ method: 'GET', path: '/tokens', who: 'admin', summary: 'Tokens by which programs ask the API.' },
        answer: contract.tokensAnswer,
      },
      () =>
        accounts.tokens().map(({ id, name, role, madeMs, usedMs }) => ({
          ...{ id, name, role, createdMs: madeMs, lastUsedMs: usedMs ?? null },
        })),
    ),
    route(
      {
        ...{ method: 'POST', path: '/tokens', who: 'admin', summary: 'Make a token; it is shown this once.' },
        body: contract.tokenBody,
        answer: contract.tokenAnswer,
      },
      ({ body }) => accounts.addToken(body.name, body.role),
    ),
    route(
      {
        ...{ method: 'DELETE', path: '/tokens/:id', who: 'admin', summary: 'Remove a token.' },
        params: contract.idParams,
      },
      ({ params }) => accounts.removeToken(params.id),
    ),
  ];
}

function tooMany(waitMs: number): HttpError {
  const seconds = Math.ceil(waitMs / 1000);
  return new HttpError(429, 'TOO_MANY_ATTEMPTS', `Too many attempts. Try again in ${seconds} s.`);
}
