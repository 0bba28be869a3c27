import type { LogWriter } from '../../shared/log/log-writer.ts';
import type { Position } from '../../shared/log/position.ts';

/** Takes back what the receiver kept of interrupted segments; exactly what was asked for, and nothing else (docs/protocol.md, 6). */
export class Healing {
  readonly #writer: LogWriter;
  /** What was asked for, up to where it has come. */
  #asked: Position | undefined;
  readonly #healed = new Set<number>();

  constructor(writer: LogWriter) {
    this.#writer = writer;
  }

  /** The segments of which the receiver has given all it has. */
  get healed(): ReadonlySet<number> {
    return this.#healed;
  }

  /** HEAL is sent for everything from a position on; what had been asked for before counts no more. */
  ask(from: Position): void {
    this.#asked = from;
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
