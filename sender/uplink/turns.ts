import type { Socket } from 'node:net';

/** How much may wait for its turn before the peer has to; a HEAL frame is among them with all its bytes. */
const MAX_WAITING = 16;

/**
 * Lets the frames whose handling takes time have their turns, one after the other. While many wait, nothing is read from the socket:
 * a receiver that heals faster than the disk here writes would otherwise fill the memory with a whole segment.
 */
export class Turns {
  readonly #socket: Socket;
  readonly #onError: (error: unknown) => void;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isPaused = false;

  /** @param onError told what a turn threw; the next ones have theirs all the same */
  constructor(socket: Socket, onError: (error: unknown) => void) {
    this.#socket = socket;
    this.#onError = onError;
  }

  /** Whether the peer cannot be heard at present, because it has to wait. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Puts something at the end. */
  add(work: () => Promise<void>): void {
    this.#waiting += 1;
    if (this.#waiting >= MAX_WAITING && !this.#isPaused) {
      this.#isPaused = true;
      this.#socket.pause();
    }
    this.#last = this.#last
      .then(work)
      .catch(this.#onError)
      .finally(() => this.#done());
  }

  /** Resolves when all that waits now has had its turn. */
  async idle(): Promise<void> {
    await this.#last;
  }

  #done(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0 || !this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }
}
