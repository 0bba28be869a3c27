/**
 * The web app: its pages, their API, live news, and `/metrics` for Prometheus.
 *
 * Invariants. Tests cite them by number.
 *
 * 1. Nothing but the pages, the sign-in and `/healthz` answers who is not signed in.
 * 2. Nothing changes by a GET, and nothing else is done for a session that cannot show its proof (CSRF).
 * 3. What is asked is checked against the schemas of `contract/` before anything else looks at it; they are also what OpenAPI says.
 * 4. Everything that waits or grows has a bound: bodies, attempts to sign in, listeners, what a slow one is behind.
 */

import { hostname } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { errnoOf, UserError } from '../../shared/errors/errors.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import { systemClock } from '../../shared/time/clock.ts';
import type { StateStore } from '../fleet/state-store.ts';
import { alertRoutes } from './api/alert-routes.ts';
import { copyRoutes } from './api/copy-routes.ts';
import { fleetRoutes } from './api/fleet-routes.ts';
import { logRoutes } from './api/log-routes.ts';
import { nodeActionRoutes } from './api/node-action-routes.ts';
import { sessionRoutes } from './api/session-routes.ts';
import { accountStore } from './auth/account-store.ts';
import { Accounts } from './auth/accounts.ts';
import { AttemptLimit } from './auth/attempt-limit.ts';
import { Copies } from './copies.ts';
import { EventHub } from './event-hub.ts';
import { HttpError, toHttpError } from './http-error.ts';
import { startLiveFeed } from './live-feed.ts';
import { writeMetrics } from './metrics/fleet-metrics.ts';
import { METRICS_TYPE } from './metrics/metrics-text.ts';
import { openApi } from './openapi.ts';
import type { WebPorts } from './ports.ts';
import { callerOf, type Guard, registerRoutes } from './register-routes.ts';
import { type Route, route } from './route.ts';
import { SECURITY_HEADERS, TLS_HEADERS } from './security-headers.ts';
import { sessionCookie } from './session-cookie.ts';
import { chooseBody, readStaticFiles, type StaticFile } from './static-files.ts';

export type { WebPorts } from './ports.ts';

/** Who may sign in, and the link that sets a password; outlives a web app that is started anew. */
export type WebAccounts = Accounts;

/** Opens the accounts that are kept in `fleet.db`. */
export function openAccounts(store: StateStore): WebAccounts {
  return new Accounts(accountStore(store), systemClock);
}

/** Options of {@link startWeb}. */
export interface StartWebOptions {
  readonly address: string;
  readonly port: number;
  /** Key and certificate, PEM; undefined: no TLS. */
  readonly tls: { readonly key: string; readonly certificate: string } | undefined;
  /** Whether everybody may read `/metrics`. */
  readonly isMetricsOpen: boolean;
  readonly ports: WebPorts;
  readonly accounts: WebAccounts;
  readonly log: Logger;
}

/** The running web app. */
export interface Web extends AsyncDisposable {
  /** Where it is, without a slash at the end. */
  readonly url: string;
  /** Where the first administrator sets a password; undefined when there is one. */
  setupUrl(): string | undefined;
  /** Opens a link by which a user sets a new password. */
  invite(user: string): string;
}

/** Largest body of a request, bytes: the API takes a few words. */
const MAX_BODY = 64 * 1024;

/** How long a request may take to arrive, ms. */
const REQUEST_MS = 20_000;

/** The built client stands beside this file, in the sources and in the package. */
const CLIENT = join(import.meta.dirname, 'client/dist');

const MISSING = `<!doctype html><html lang="en"><title>Fleetkeep</title><h1>The pages were not built</h1>
<p>Run <code>npm run web:build</code> in the clone and start the receiver again. The API works without them.</p></html>\n`;

/** Starts serving. @throws UserError `PORT_UNAVAILABLE` */
export async function startWeb(options: StartWebOptions): Promise<Web> {
  const { ports, tls, log } = options;
  await using stack = new AsyncDisposableStack();
  const { accounts } = options;
  const guard: Guard = { accounts, cookie: sessionCookie(tls !== undefined) };
  const hub = stack.use(new EventHub());
  stack.use(startLiveFeed(ports, hub));
  const copies = stack.use(new Copies(ports, (event, progress) => hub.send(event, progress), log));
  const server = makeServer(options);
  stack.defer(() => server.close());

  const attempts = new AttemptLimit(() => systemClock.monotonic());
  const routes = [
    ...sessionRoutes({ ...guard, attempts }),
    ...fleetRoutes(ports),
    ...nodeActionRoutes(ports),
    ...logRoutes(ports),
    ...alertRoutes(ports),
    ...copyRoutes(copies),
    eventRoute(hub),
  ];
  registerRoutes(server, routes, guard);
  server.get('/api/openapi.json', () => openApi(routes));
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/metrics', async (request, reply) => {
    const mayRead = options.isMetricsOpen || callerOf(request, guard) !== undefined;
    if (!mayRead)
      throw new HttpError(401, 'SIGNED_OUT', 'Metrics need an API token: Authorization: Bearer …');
    return reply.header('content-type', METRICS_TYPE).send(await writeMetrics(ports));
  });
  servePages(server, await readStaticFiles(CLIENT));
  const url = await listen(server, options);

  const running = stack.move();
  const linkOf = (token: string) => `${url}/#/setup/${token}`;
  return {
    url,
    setupUrl: () => {
      const token = accounts.setupToken;
      return accounts.isSetupNeeded && token !== undefined ? linkOf(token) : undefined;
    },
    invite: (user) => linkOf(accounts.inviteUser(user)),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function makeServer({ tls, log }: StartWebOptions): FastifyInstance {
  const server = Fastify({
    bodyLimit: MAX_BODY,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    ...(tls === undefined ? {} : { https: { key: tls.key, cert: tls.certificate, minVersion: 'TLSv1.2' } }),
  }) as unknown as FastifyInstance;
  const headers = { ...SECURITY_HEADERS, ...(tls === undefined ? {} : TLS_HEADERS) };
  server.addHook('onSend', async (request, reply) => {
    reply.headers(headers);
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
  server.setErrorHandler((error, request, reply) => {
    const { status, code, message, hint } = toHttpError(error);
    if (status >= 500) log.error({ err: error, url: request.url }, 'a request failed');
    return reply.code(status).send({ error: { code, message, ...(hint === undefined ? {} : { hint }) } });
  });
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: { code: 'NOT_FOUND', message: 'There is nothing here.' } }),
  );
  return server;
}

/** No route has a schema of Fastify's (invariant 3): so nothing compiles them, and what would (ajv and more) is not loaded, 2 MiB. */
function noSchemas(): never {
  throw new Error('routes are checked against the schemas of contract/, not by Fastify');
}

function eventRoute(hub: EventHub): Route {
  return route(
    { method: 'GET', path: '/events', who: 'viewer', summary: 'News, as events.' },
    ({ reply, isStillKnown }) => {
      reply.hijack();
      if (hub.open(reply.raw, isStillKnown)) return;
      reply.raw.writeHead(503).end();
    },
  );
}

function servePages(server: FastifyInstance, files: ReadonlyMap<string, StaticFile>): void {
  if (files.size === 0) {
    server.get('/', (_request, reply) => reply.code(503).type('text/html; charset=utf-8').send(MISSING));
  }
  for (const [path, file] of files) {
    server.get(path, (request, reply) => {
      const { encoding, body } = chooseBody(file, String(request.headers['accept-encoding'] ?? ''));
      if (encoding !== 'identity') reply.header('content-encoding', encoding);
      return reply
        .header('vary', 'accept-encoding')
        .header('cache-control', file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache')
        .type(file.type)
        .send(body);
    });
  }
}

async function listen(server: FastifyInstance, { address, port, tls }: StartWebOptions): Promise<string> {
  try {
    await server.listen({ host: address, port });
  } catch (cause) {
    if (errnoOf(cause) === undefined) throw cause;
    throw new UserError('PORT_UNAVAILABLE', `cannot serve the web app on ${address}, port ${port}`, {
      cause,
      hint: 'Set another web.port in config.json, or "web": { "enabled": false }.',
    });
  }
  const bound = server.server.address();
  // Nobody can open «every address»; this machine's name is one of them.
  const reachable = ['0.0.0.0', '::'].includes(address) ? hostname() : address;
  const host = reachable.includes(':') ? `[${reachable}]` : reachable;
  return `${tls === undefined ? 'http' : 'https'}://${host}:${typeof bound === 'object' ? (bound?.port ?? port) : port}`;
}
