import type { LogWriter } from '../../shared/log/log-writer.ts';
import type { Position } from '../../shared/log/position.ts';

/** Takes back what the receiver kept of interrupted segments; exactly what was asked for, and nothing else (docs/protocol.md, 6). */
export class Healing {
  readonly #writer: LogWriter;
  readonly #onAsked: () => void;
  /** What was asked for, up to where it has come. */
  #asked: Position | undefined;
  readonly #healed = new Set<number>();
  #progress = 0;

  /** @param onAsked is told each time that the receiver is about to be asked */
  constructor(writer: LogWriter, onAsked: () => void = () => undefined) {
    this.#writer = writer;
    this.#onAsked = onAsked;
  }

  /** The segments of which the receiver has given all it has. */
  get healed(): ReadonlySet<number> {
    return this.#healed;
  }

  /** Whether something is asked for and has not come whole. */
  get isAsked(): boolean {
    return this.#asked !== undefined;
  }

  /** Counts what was asked for and what came of it. */
  get progress(): number {
    return this.#progress;
  }

  /** HEAL is sent for everything from a position on; what had been asked for before counts no more. */
  ask(from: Position): void {
    this.#asked = from;
    this.#progress += 1;
    this.#onAsked();
  }

  /** Nothing is asked for any more. */
  forget(): void {
    this.#asked = undefined;
  }

  /**
   * Takes a HEAL frame; `true` when it was the last one of the segment.
   *
   * @throws Error when it is not what comes next of what was asked for; the system's error when it cannot be written
   */
  async take(segment: number, offset: number, payload: Uint8Array): Promise<boolean> {
    if (this.#asked?.segment !== segment || this.#asked.offset !== offset)
      throw new Error(`the receiver sent HEAL for segment ${segment}, offset ${offset}, unasked`);
    this.#progress += 1;
    if (payload.length > 0) {
      await this.#writer.heal(segment, offset, payload);
      this.#asked = { segment, offset: offset + payload.length };
      return false;
    }
    this.#asked = undefined;
    this.#healed.add(segment);
    return true;
  }
}
