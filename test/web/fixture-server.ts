/**
 * Plays the receiver for the web client: answers its API with a made-up fleet, so that pages can be looked at and measured without a
 * fleet. `node test/web/fixture-server.ts [port] [nodes]`; the first sign-in with any password is let in.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerNode } from './fixture/answer-node.ts';
import { fleetAnswer, nodeInfo } from './fixture/fleet.ts';
import { answerError, answerFile, answerJson, readBody, startEvents } from './fixture/respond.ts';

/** A running server of made-up answers. */
export interface FixtureServer extends AsyncDisposable {
  readonly url: string;
  /** Every change that the client asked for: `POST /api/silences {"pattern":…}`. */
  readonly changes: readonly string[];
  /** Ends every stream of events and refuses new ones for as long as it is true. */
  setSilent(isSilent: boolean): void;
}

/** How the server plays. */
export interface FixtureOptions {
  readonly port?: number;
  readonly nodes?: number;
  /** Whether nobody is signed in at first. */
  readonly isSignedOut?: boolean;
}

/** Starts the server on loopback. */
export async function startFixtureServer(options: FixtureOptions = {}): Promise<FixtureServer> {
  const fixture = new Fixture(options.nodes ?? 1000, options.isSignedOut ?? false);
  const server = createServer((request, response) => void fixture.answer(request, response));
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    changes: fixture.changes,
    setSilent: (isSilent) => fixture.setSilent(isSilent),
    [Symbol.asyncDispose]: () => closeServer(server, fixture),
  };
}

async function closeServer(server: Server, fixture: Fixture): Promise<void> {
  fixture.setSilent(true);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

class Fixture {
  readonly changes: string[] = [];
  readonly #nodes: number;
  /** Made once: it is the client that is measured. */
  readonly #fleet: ReturnType<typeof fleetAnswer>;
  readonly #streams = new Set<ServerResponse>();
  #isSignedOut: boolean;
  #isSilent = false;

  constructor(nodes: number, isSignedOut: boolean) {
    this.#nodes = nodes;
    this.#fleet = fleetAnswer(nodes, Date.now());
    this.#isSignedOut = isSignedOut;
  }

  setSilent(isSilent: boolean): void {
    this.#isSilent = isSilent;
    if (isSilent) for (const stream of this.#streams) stream.destroy();
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fixture');
    if (!url.pathname.startsWith('/api/')) return answerFile(response, url.pathname);
    const path = url.pathname.slice('/api'.length);
    if (request.method !== 'GET') return this.#change(request, response, path);
    if (path === '/session') return this.#answerSession(response);
    if (this.#isSignedOut) return answerError(response, 401, 'SIGNED_OUT', 'Nobody is signed in.');
    if (path === '/events') return this.#answerEvents(response);
    const [, name, question = ''] = /^\/nodes\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    if (name !== undefined) return answerNode(response, decodeURIComponent(name), question, url, this.#nodes);
    if (path === '/fleet') return answerJson(response, { ...this.#fleet, nowMs: Date.now() });
    answerError(response, 404, 'NOT_FOUND', `There is no ${path}.`);
  }

  #answerSession(response: ServerResponse): void {
    if (this.#isSignedOut) answerError(response, 401, 'SIGNED_OUT', 'Nobody is signed in.');
    else
      answerJson(response, { user: 'admin', role: 'admin', csrf: 'token', version: '0.1.0', setup: false });
  }

  async #change(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const body = await readBody(request);
    this.changes.push(`${request.method} /api${path} ${JSON.stringify(body)}`);
    if (path === '/session') this.#isSignedOut = request.method === 'DELETE';
    response.writeHead(204).end();
  }

  #answerEvents(response: ServerResponse): void {
    if (this.#isSilent) {
      answerError(response, 503, 'SILENT', 'No news.');
      return;
    }
    const send = startEvents(response);
    this.#streams.add(response);
    const timer = setInterval(() => {
      const nowMs = Date.now();
      const nodes = Array.from({ length: this.#nodes }, (_, index) => nodeInfo(index, nowMs))
        .filter(({ state }) => state === 'up')
        .map(({ name, state, sinceMs, latest }) => ({ name, state, sinceMs, latest }));
      send('fleet', { nodes });
    }, 1000);
    response.on('close', () => {
      clearInterval(timer);
      this.#streams.delete(response);
    });
  }
}

if (import.meta.main) {
  const [port = '4281', nodes = '1000'] = process.argv.slice(2);
  const { url } = await startFixtureServer({ port: Number(port), nodes: Number(nodes) });
  process.stdout.write(`${url}\n`);
}
