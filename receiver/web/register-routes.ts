import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { plainAddress } from '../../shared/names/plain-address.ts';
import { type Accounts, type Caller, isSame } from './auth/accounts.ts';
import { HttpError } from './http-error.ts';
import type { Route } from './route.ts';
import type { SessionCookie } from './session-cookie.ts';

/** Who may ask, and how that is known. */
export interface Guard {
  readonly accounts: Accounts;
  readonly cookie: SessionCookie;
}

/** Puts the routes on a server: each checks who asks, then what is asked, then answers. */
export function registerRoutes(server: FastifyInstance, routes: readonly Route[], guard: Guard): void {
  for (const route of routes) {
    server.route({
      method: route.method,
      url: `/api${route.path}`,
      handler: async (request, reply) => await answer(route, request, reply, guard),
    });
  }
}

/** Who sent this request; undefined for nobody. */
export function callerOf(request: FastifyRequest, { accounts, cookie }: Guard): Caller | undefined {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (token !== undefined) return accounts.byToken(token);
  const secret = cookie.read(request);
  return secret === undefined ? undefined : accounts.bySession(secret);
}

async function answer(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  guard: Guard,
): Promise<unknown> {
  const caller = callerOf(request, guard);
  if (route.who !== 'nobody') mayAsk(route, caller, request);
  const result = await route.handle({
    params: check(route.params, request.params, 'the path'),
    query: check(route.query, request.query, 'the query'),
    body: check(route.body, request.body ?? undefined, 'the body'),
    caller,
    isStillKnown: () => callerOf(request, guard) !== undefined,
    address: plainAddress(request.ip),
    reply,
  });
  // Streams have been sent by then.
  if (reply.sent) return reply;
  if (result === undefined && reply.statusCode === 200) reply.code(204);
  return result;
}

function mayAsk(route: Route, caller: Caller | undefined, request: FastifyRequest): void {
  if (caller === undefined) throw new HttpError(401, 'SIGNED_OUT', 'Sign in first.');
  const shown = request.headers['x-fleetkeep-csrf'];
  const needsProof = caller.csrf !== undefined && route.method !== 'GET';
  if (needsProof && (typeof shown !== 'string' || !isSame(shown, caller.csrf ?? ''))) {
    throw new HttpError(
      403,
      'CSRF',
      'This request does not come from the pages of this receiver. Load them again.',
    );
  }
  if (route.who === 'admin' && caller.role !== 'admin') {
    throw new HttpError(403, 'FORBIDDEN', 'Only an administrator may do that.');
  }
}

function check(schema: z.ZodType | undefined, value: unknown, what: string): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? what : `${issue.path.join('.')} in ${what}`;
  throw new HttpError(400, 'BAD_REQUEST', `${where}: ${issue?.message ?? 'not allowed'}`);
}
