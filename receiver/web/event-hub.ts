import type { ServerResponse } from 'node:http';
import { SECURITY_HEADERS } from './security-headers.ts';

/** Who listens at once; a browser has one stream for each tab. */
const MAX_LISTENERS = 200;

/** What one listener may be behind, bytes; beyond, it is cut off and comes back by itself. */
const MAX_BEHIND = 4 * 2 ** 20;

/** A sign of life for listeners, ms; who is signed in no more is cut off by then. */
export const PING_MS = 15_000;

/** Sends news to all browsers that listen (server-sent events). Each event is written as text once, whoever listens. */
export class EventHub implements Disposable {
  readonly #listeners = new Map<ServerResponse, () => boolean>();
  readonly #timer = setInterval(() => this.ping(), PING_MS);

  /** How many listen. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Begins a stream that lasts while `isWelcome`; false when there are too many. */
  open(response: ServerResponse, isWelcome: () => boolean): boolean {
    if (this.#listeners.size >= MAX_LISTENERS) return false;
    beginStream(response);
    this.#listeners.set(response, isWelcome);
    response.on('close', () => this.#listeners.delete(response));
    response.write(encodeEvent('ping', {}));
    return true;
  }

  /** Ends the streams of those who are welcome no more, and gives the others a sign of life. */
  ping(): void {
    for (const [listener, isWelcome] of this.#listeners) if (!isWelcome()) listener.end();
    this.send('ping', {});
  }

  /** Sends an event to all who listen. */
  send(name: string, data: object): void {
    if (this.#listeners.size === 0) return;
    const text = encodeEvent(name, data);
    for (const listener of this.#listeners.keys()) {
      if (listener.writableEnded) continue;
      if (listener.writableLength > MAX_BEHIND) listener.destroy();
      else listener.write(text);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const listener of this.#listeners.keys()) listener.end();
    this.#listeners.clear();
  }
}

/** Writes the head of a stream of events. */
export function beginStream(response: ServerResponse): void {
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
}

/** An event as it goes over the wire. JSON has no line breaks of its own. */
export function encodeEvent(name: string, data: object | string): string {
  return `event: ${name}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}
