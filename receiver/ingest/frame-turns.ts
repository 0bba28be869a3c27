import type { Frame } from '../../shared/protocol/decoder.ts';

/** What {@link FrameTurns} tells its user. */
export interface FrameTurnsEvents {
  /** It is a frame's turn. */
  readonly handle: (frame: Frame) => void;
  /** Frames have to wait: nothing more should be read for now. */
  readonly full: () => void;
  /** Nothing waits any more. */
  readonly free: () => void;
  readonly failed: (error: unknown) => void;
}

/** Lets frames have their turns: while one takes time, those that come after it wait, in order. */
export class FrameTurns {
  readonly #events: FrameTurnsEvents;
  readonly #held: Frame[] = [];
  #busy: Promise<void> | undefined;
  #isBarred = false;

  constructor(events: FrameTurnsEvents) {
    this.#events = events;
  }

  /** Whether a frame is taking its time. */
  get isBusy(): boolean {
    return this.#busy !== undefined;
  }

  /** A frame came. */
  take(frame: Frame): void {
    if (this.#busy === undefined && !this.#isBarred) {
      this.#events.handle(frame);
      return;
    }
    this.#held.push(copyOf(frame));
    this.#events.full();
  }

  /** Lets all frames wait until the next {@link occupy} has ended. */
  bar(): void {
    this.#isBarred = true;
  }

  /** Does work that later frames have to wait for. */
  occupy(work: () => Promise<void>): void {
    this.#isBarred = false;
    this.#busy = work()
      .catch(this.#events.failed)
      .then(() => {
        this.#busy = undefined;
        this.#goOn();
      });
  }

  /** Forgets the frames that wait. */
  clear(): void {
    this.#held.length = 0;
  }

  /** Resolves when the work under way, if any, has ended. */
  async idle(): Promise<void> {
    await this.#busy;
  }

  #goOn(): void {
    while (this.#busy === undefined) {
      const frame = this.#held.shift();
      if (frame === undefined) break;
      this.#events.handle(frame);
    }
    if (this.#busy === undefined) this.#events.free();
  }
}

/** The decoder uses its frame object again, and the socket the memory that the payload lies in. */
function copyOf({ type, segment, offset, payloadBytes, payloadCrc, parts }: Frame): Frame {
  const payload = Buffer.concat(parts);
  return { type, segment, offset, payloadBytes, payloadCrc, payload, parts: [payload] };
}
