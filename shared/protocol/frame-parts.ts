/** Less than this is always copied, bytes: as a view it would hold on to its whole chunk for as long as the peer says nothing more. */
const SMALL_BYTES = 8 * 1024;
/** Most room that is made for bytes that have not come yet. */
const MAX_ROOM_BYTES = 64 * 1024;

/**
 * The payload of a frame that lies across chunks, kept until the rest of it has come. Whatever length the frame claims, at most
 * twice as much is kept as has come, in few parts however small the pieces were.
 */
export class FrameParts {
  readonly #isLent: boolean;
  #parts: Buffer[] = [];
  #bytes = 0;
  /** The last part with the room behind it, when it is a copy. */
  #block: Buffer | undefined;
  #usedBytes = 0;

  /** @param isLent everything has to be copied, since chunks are overwritten when they have been decoded */
  constructor(isLent: boolean) {
    this.#isLent = isLent;
  }

  /** What is kept, bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps what came next, not the last of the payload. */
  keep(bytes: Buffer): void {
    if (this.#isLent || bytes.length < SMALL_BYTES) {
      this.#copy(bytes);
    } else {
      this.#parts.push(bytes);
      this.#block = undefined;
    }
    this.#bytes += bytes.length;
  }

  /** Hands over what was kept and forgets it. */
  take(): Buffer[] {
    const parts = this.#parts;
    this.#parts = [];
    this.#bytes = 0;
    this.#block = undefined;
    return parts;
  }

  #copy(bytes: Buffer): void {
    const fitting = this.#block === undefined ? 0 : this.#fill(this.#block, bytes);
    if (fitting === bytes.length) return;
    const rest = bytes.subarray(fitting);
    this.#block = Buffer.allocUnsafe(rest.length + Math.min(this.#bytes, MAX_ROOM_BYTES));
    this.#usedBytes = 0;
    this.#parts.push(this.#block);
    this.#fill(this.#block, rest);
  }

  /** Copies as much as there is room for behind what is there; returns how much that was. */
  #fill(block: Buffer, bytes: Buffer): number {
    const copied = bytes.copy(block, this.#usedBytes);
    this.#usedBytes += copied;
    this.#parts[this.#parts.length - 1] = block.subarray(0, this.#usedBytes);
    return copied;
  }
}
