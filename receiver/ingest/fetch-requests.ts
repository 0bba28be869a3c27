import type { SessionId } from './messages.ts';
import type { FetchOutcome } from './segment-fetch.ts';

/** Segments that nodes were asked for, which wait to come. */
export class FetchRequests {
  readonly #waiting = new Map<
    number,
    { readonly session: SessionId; readonly end: (outcome: FetchOutcome) => void }
  >();
  #count = 0;

  /** Asks, and waits for the end, which a worker sees to. @param send carries the request with this number */
  async ask(session: SessionId, send: (request: number) => void): Promise<FetchOutcome> {
    const request = ++this.#count;
    const { promise, resolve } = Promise.withResolvers<FetchOutcome>();
    this.#waiting.set(request, { session, end: resolve });
    send(request);
    return await promise.finally(() => this.#waiting.delete(request));
  }

  /** It has come, or will not. */
  ended(request: number, outcome: FetchOutcome): void {
    this.#waiting.get(request)?.end(outcome);
  }

  /** A connection has ended, perhaps with its worker: nothing more comes. */
  left(session: SessionId): void {
    const error = 'the connection ended before the whole segment had come';
    for (const one of this.#waiting.values())
      if (one.session === session) one.end({ kind: 'failed', error, isFinal: false });
  }
}
