import type { Position } from '../../shared/log/position.ts';

/** Options of {@link Acknowledger}. */
export interface AcknowledgerOptions {
  /** For how long acknowledgements may be gathered, ms. */
  readonly gatherMs: number;
  /** Sends one. */
  readonly send: (position: Position) => void;
}

/** A node that sends this much in two gathering times is catching up: what is acknowledged makes room in its window, bytes. */
const MUCH_BYTES = 64 * 1024;

/**
 * Tells a sender how far its log is durable here. While much comes, at once. While a line comes now and then, not after each: an
 * acknowledgement wakes a node that would sleep until its next sample, and costs it and the receiver as much as the line.
 */
export class Acknowledger {
  readonly #options: AcknowledgerOptions;
  /** What is durable and has not been told. */
  #held: Position | undefined;
  /** The segment of what was told last. */
  #segment = 0;
  /** When the gathering time under way began. */
  #begunMs = Number.NEGATIVE_INFINITY;
  /** What had been told of the segment when the gathering time before began, and when this one began; bytes. */
  #offsets: readonly [before: number, now: number] = [0, 0];
  #promptUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: AcknowledgerOptions) {
    this.#options = options;
  }

  /** The sender has been told to go on at a position; what was to be told before has no meaning any more. */
  goOnAt({ segment, offset }: Position): void {
    this.#held = undefined;
    this.#segment = segment;
    this.#offsets = [offset, offset];
  }

  /** Everything before a position is durable. */
  take(position: Position, nowMs: number): void {
    this.#held = position;
    if (this.#isDue(position, nowMs)) this.#tell(position, nowMs);
  }

  /** Looks at the time; to be called about once a second. */
  tick(nowMs: number): void {
    if (this.#held !== undefined && this.#isDue(this.#held, nowMs)) this.#tell(this.#held, nowMs);
  }

  /** The sender wants to know: tells what there is to tell, and what comes next, without gathering. */
  asked(nowMs: number): void {
    this.#promptUntilMs = nowMs + this.#options.gatherMs;
    this.tick(nowMs);
  }

  #isDue({ segment, offset }: Position, nowMs: number): boolean {
    if (segment !== this.#segment || nowMs < this.#promptUntilMs || this.#isOver(nowMs)) return true;
    return offset - this.#offsets[0] >= MUCH_BYTES;
  }

  #isOver(nowMs: number): boolean {
    return nowMs - this.#begunMs >= this.#options.gatherMs;
  }

  #tell(position: Position, nowMs: number): void {
    if (position.segment !== this.#segment) this.goOnAt(position);
    if (this.#isOver(nowMs)) {
      this.#begunMs = nowMs;
      this.#offsets = [this.#offsets[1], position.offset];
    }
    this.#held = undefined;
    this.#options.send(position);
  }
}
