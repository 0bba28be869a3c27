import { signal } from '@preact/signals';

/** Whether news come in. */
export type Connection = 'connecting' | 'live' | 'lost';

/** State of the stream of news. */
export const connection = signal<Connection>('connecting');

/** Counts the connections; whoever shows something asks for it anew when one came after the first. */
export const connections = signal(0);

const SILENCE_MS = 40_000;
const MAX_WAIT_MS = 15_000;

/** Takes the data of an event, parsed. */
export type OnEvent = (data: unknown) => void;

const listeners = new Map<string, Set<OnEvent>>();
let stream: Stream | undefined;

/** Listens to one kind of news for as long as the result is not called. */
export function onEvent(name: string, listener: OnEvent): () => void {
  const set = listeners.get(name) ?? new Set();
  set.add(listener);
  listeners.set(name, set);
  stream?.listen(name);
  return () => set.delete(listener);
}

/**
 * Opens the stream of news and keeps it open until the result is called.
 *
 * @param onLost called whenever it breaks: perhaps the session is over
 */
export function openEvents(onLost: () => void): () => void {
  stream?.close();
  const opened = new Stream(onLost);
  stream = opened;
  return () => {
    opened.close();
    if (stream === opened) stream = undefined;
  };
}

/** One stream with its reconnections. An EventSource by itself gives up when the receiver answers with an error. */
class Stream {
  #source: EventSource | undefined;
  #timer: number | undefined;
  #waitMs = 1000;
  #names = new Set<string>();
  readonly #onLost: () => void;

  constructor(onLost: () => void) {
    this.#onLost = onLost;
    this.#open();
  }

  listen(name: string): void {
    if (this.#source === undefined || this.#names.has(name)) return;
    this.#names.add(name);
    this.#source.addEventListener(name, (event) => {
      this.#heard();
      const data: unknown = JSON.parse(event.data);
      for (const listener of listeners.get(name) ?? []) listener(data);
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  #open(): void {
    this.close();
    this.#names.clear();
    this.#source = new EventSource('/api/events');
    this.#source.addEventListener('open', () => {
      this.#waitMs = 1000;
      this.#heard();
      connections.value++;
    });
    this.#source.addEventListener('error', () => this.#lost());
    for (const name of ['ping', ...listeners.keys()]) this.listen(name);
    this.#timer = window.setTimeout(() => this.#lost(), SILENCE_MS);
  }

  #heard(): void {
    connection.value = 'live';
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#lost(), SILENCE_MS);
  }

  #lost(): void {
    this.close();
    connection.value = 'lost';
    this.#onLost();
    this.#timer = window.setTimeout(() => this.#open(), this.#waitMs * (0.5 + Math.random() / 2));
    this.#waitMs = Math.min(this.#waitMs * 2, MAX_WAIT_MS);
  }
}
