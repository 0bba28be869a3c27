/**
 * Plays the receiver for the web client: answers its API with a made-up fleet, so that pages can be looked at and measured without a
 * fleet. `node test/web/fixture-server.ts [port] [nodes]`; the first sign-in with any password is let in.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerNode } from './fixture/answer-node.ts';
import { answerQuestion } from './fixture/answers.ts';
import { fleetAnswer, nodeInfo } from './fixture/fleet.ts';
import {
  answerError,
  answerFile,
  answerJson,
  readBody,
  type SendEvent,
  startEvents,
} from './fixture/respond.ts';

/** A running server of made-up answers. */
export interface FixtureServer extends AsyncDisposable {
  readonly url: string;
  /** Every change that the client asked for: `POST /api/silences {"pattern":…}`. */
  readonly changes: readonly string[];
  /** Has a node more than before. */
  addNode(): void;
  /** Sends an event to every page. */
  tell(event: string, data: unknown): void;
  /** Ends every stream of events and refuses new ones for as long as it is true. */
  setSilent(isSilent: boolean): void;
}

/** How the server plays. */
export interface FixtureOptions {
  readonly port?: number;
  readonly nodes?: number;
  /** Whether nobody is signed in at first. */
  readonly isSignedOut?: boolean;
  /** What the one who is signed in may do. */
  readonly role?: 'admin' | 'viewer';
  /** Where the built client lies; the place of `npm run web:build` by default. */
  readonly directory?: string;
}

const SESSION = { user: 'admin', csrf: 'token', version: '0.1.0', setup: false } as const;
const JOIN_MS = 300;
const WORK_STEPS = 10;

/** Starts the server on loopback. */
export async function startFixtureServer(options: FixtureOptions = {}): Promise<FixtureServer> {
  const fixture = new Fixture(options);
  const server = createServer((request, response) => void fixture.answer(request, response));
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    changes: fixture.changes,
    addNode: () => fixture.addNode(),
    tell: (event, data) => fixture.tell(event, data),
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
  readonly #streams = new Map<ServerResponse, SendEvent>();
  #nodes: number;
  /** Made once: it is the client that is measured. */
  #fleet: ReturnType<typeof fleetAnswer>;
  #isSignedOut: boolean;
  readonly #directory: string | undefined;
  readonly #role: 'admin' | 'viewer';
  #isSilent = false;

  constructor({ nodes = 1000, isSignedOut = false, role = 'admin', directory }: FixtureOptions) {
    this.#role = role;
    this.#nodes = nodes;
    this.#fleet = fleetAnswer(nodes, Date.now());
    this.#isSignedOut = isSignedOut;
    this.#directory = directory;
  }

  setSilent(isSilent: boolean): void {
    this.#isSilent = isSilent;
    if (isSilent) for (const stream of this.#streams.keys()) stream.destroy();
  }

  addNode(): void {
    this.#nodes++;
    this.#fleet = fleetAnswer(this.#nodes, Date.now());
  }

  tell(event: string, data: unknown): void {
    for (const send of this.#streams.values()) send(event, data);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fixture');
    if (!url.pathname.startsWith('/api/')) return answerFile(response, url.pathname, this.#directory);
    const path = url.pathname.slice('/api'.length);
    if (request.method !== 'GET') return this.#change(request, response, path);
    if (this.#isSignedOut) return answerError(response, 401, 'SIGNED_OUT', 'Nobody is signed in.');
    if (path === '/session') return answerJson(response, { ...SESSION, role: this.#role });
    if (path === '/events') return this.#answerEvents(response);
    const [, name, question = ''] = /^\/nodes\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    if (name !== undefined) return answerNode(response, decodeURIComponent(name), question, url, this.#nodes);
    if (path === '/fleet') return answerJson(response, { ...this.#fleet, nowMs: Date.now() });
    answerQuestion(response, path, url, this.#nodes);
  }

  async #change(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const body = await readBody(request);
    const what = `${request.method} /api${path}`;
    this.changes.push(`${what} ${JSON.stringify(body)}`);
    if (path === '/session') this.#isSignedOut = request.method === 'DELETE';
    else if (path === '/setup') this.#isSignedOut = false;
    else if (request.headers['x-fleetkeep-csrf'] !== SESSION.csrf) {
      answerError(response, 403, 'CSRF', 'This request does not come from these pages.');
      return;
    }
    const answer = answerChange(what);
    if (answer === undefined) response.writeHead(204).end();
    else answerJson(response, answer);
    this.#goOn(path);
  }

  /** What a change sets going: a machine that joins, work on the copies. */
  #goOn(path: string): void {
    if (path === '/join-codes') setTimeout(() => this.addNode(), JOIN_MS);
    const work = /^\/copies\/(mirror|verify)$/.exec(path)?.[1];
    if (work === undefined) return;
    let done = 0;
    const timer = setInterval(() => {
      done++;
      const running = done < WORK_STEPS;
      this.tell(work, {
        running,
        done,
        total: WORK_STEPS,
        ...(!running && { ok: true, message: '4.1 MiB copied' }),
      });
      if (!running) clearInterval(timer);
    }, 100);
  }

  #answerEvents(response: ServerResponse): void {
    if (this.#isSilent) {
      answerError(response, 503, 'SILENT', 'No news.');
      return;
    }
    const send = startEvents(response);
    this.#streams.set(response, send);
    const timer = setInterval(() => send('fleet', { nodes: fleetNews(this.#nodes, Date.now()) }), 1000);
    response.on('close', () => {
      clearInterval(timer);
      this.#streams.delete(response);
    });
  }
}

function fleetNews(nodes: number, nowMs: number) {
  return Array.from({ length: nodes }, (_, index) => nodeInfo(index, nowMs))
    .filter(({ state }) => state === 'up')
    .map(({ name, state, sinceMs, latest }) => ({ name, state, sinceMs, latest }));
}

function answerChange(what: string): object | undefined {
  switch (what) {
    case 'POST /api/join-codes':
      return {
        code: 'FK1-EXAMPLE',
        line: 'fleetkeep-sender install --join FK1-EXAMPLE-7Q2M-9XKD-receiver.example.net:4280',
        expiresMs: Date.now() + 3_600_000,
      };
    case 'POST /api/tokens':
      return { token: 'fkt_EXAMPLE0123456789' };
    case 'POST /api/copies/mirror':
    case 'POST /api/copies/verify':
      return {};
    default:
      return undefined;
  }
}

if (import.meta.main) {
  const [port = '4281', nodes = '1000'] = process.argv.slice(2);
  const { url } = await startFixtureServer({ port: Number(port), nodes: Number(nodes) });
  process.stdout.write(`${url}\n`);
}
