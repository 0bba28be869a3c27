import type { ReceiverStatus } from '../../receiver/status.ts';
import type { Place } from './programs.ts';
import { until } from './until.ts';

/** The password that tests set. */
export const PASSWORD = 'correct horse battery staple';

/** An answer of the web app. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** @throws SyntaxError when it is none */
  json<T = Readonly<Record<string, unknown>>>(): T;
}

/** Somebody who talks to the web app, as a browser would. */
export interface WebClient {
  readonly url: string;
  /** As `GET /api/session` gave it; empty before signing in. */
  csrf: string;
  cookie: string;
  ask(path: string, init?: RequestInit): Promise<Answer>;
  /** Has the receiver do something, with the proof that a page would show. */
  send(method: string, path: string, body?: object): Promise<Answer>;
  signIn(user: string, password: string): Promise<Answer>;
}

/** What a running receiver says of its web app. */
export async function webOf(place: Place): Promise<NonNullable<ReceiverStatus['web']>> {
  const { stdout } = await place.run('receiver', 'status', '--json');
  const { web } = JSON.parse(stdout) as ReceiverStatus;
  if (web === null) throw new Error('there is no web app');
  return web;
}

/** A client that nobody is signed in with. */
export function webClient(url: string): WebClient {
  const client: WebClient = {
    url,
    csrf: '',
    cookie: '',
    async ask(path, init = {}) {
      const headers = { cookie: client.cookie, ...(init.headers as Record<string, string> | undefined) };
      const response = await fetch(`${url}${path}`, { ...init, headers });
      const set = response.headers.get('set-cookie');
      if (set !== null) client.cookie = set.split(';')[0] ?? '';
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: () => JSON.parse(text) as never,
      };
    },
    send: (method, path, body) =>
      client.ask(path, {
        method,
        headers: {
          'x-fleetkeep-csrf': client.csrf,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async signIn(user, password) {
      const answer = await client.send('POST', '/api/session', { user, password });
      if (answer.status === 204)
        client.csrf = (await client.ask('/api/session')).json<{ csrf: string }>().csrf;
      return answer;
    },
  };
  return client;
}

/** Sets the first password of a receiver and is signed in. */
export async function setUpWeb(place: Place): Promise<WebClient> {
  const { url, setup } = await webOf(place);
  const client = webClient(url);
  const token = setup?.split('/').at(-1);
  const answer = await client.send('POST', '/api/setup', { token, password: PASSWORD });
  if (answer.status !== 204) throw new Error(answer.text);
  client.csrf = (await client.ask('/api/session')).json<{ csrf: string }>().csrf;
  return client;
}

/** Asks again until the answer is as wanted. */
export async function askUntil<T>(
  client: WebClient,
  path: string,
  isWanted: (answer: T) => boolean,
): Promise<T> {
  let last = '';
  return await until(
    async () => {
      const answer = await client.ask(path);
      last = `${answer.status} ${answer.text.slice(0, 500)}`;
      if (answer.status !== 200) return undefined;
      const json = answer.json<T>();
      return isWanted(json) ? json : undefined;
    },
    { timeoutMs: 30_000, what: () => `${path}; it answers ${last}` },
  );
}
