import { comparePositions, type Position } from '../../shared/log/position.ts';

interface Sent {
  readonly end: Position;
  /** Bytes sent up to `end`, counted over the connection. */
  readonly total: number;
}

/** How many bytes are sent and not acknowledged. */
export class Window {
  readonly #sent: Sent[] = [];
  #sentBytes = 0;
  #acknowledgedBytes = 0;

  /** Bytes under way. */
  get inFlightBytes(): number {
    return this.#sentBytes - this.#acknowledgedBytes;
  }

  /** Bytes were sent that end at a position. */
  send(end: Position, bytes: number): void {
    this.#sentBytes += bytes;
    this.#sent.push({ end, total: this.#sentBytes });
  }

  /** Everything before a position has been acknowledged. */
  acknowledge(position: Position): void {
    for (let first = this.#sent[0]; first !== undefined; first = this.#sent[0]) {
      if (comparePositions(first.end, position) > 0) return;
      this.#acknowledgedBytes = first.total;
      this.#sent.shift();
    }
  }

  /** The receiver begins again elsewhere; nothing that is under way counts. */
  reset(): void {
    this.#sent.length = 0;
    this.#acknowledgedBytes = this.#sentBytes;
  }
}
