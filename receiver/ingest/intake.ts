import type { Frame } from '../../shared/protocol/decoder.ts';
import { DailyVolume } from './daily-volume.ts';
import type { IngestLimits } from './limits.ts';
import { LineLimit } from './line-limit.ts';
import type { Refusal } from './messages.ts';
import { lineRefusal, quotaRefusal } from './refusals.ts';

/** Looks at what a node sends before it is stored: how much, and whether it is made of lines of a sane length. */
export class Intake {
  readonly #lines: LineLimit;
  readonly #limits: IngestLimits;
  readonly #volume: DailyVolume;
  #bytes = 0;
  #next = { segment: 0, offset: 0 };

  /** @param leftBytes what the node may still send today */
  constructor(limits: IngestLimits, leftBytes: number) {
    this.#limits = limits;
    this.#volume = new DailyVolume(limits.bytesPerDay);
    this.#volume.add(limits.bytesPerDay - leftBytes, Date.now());
    this.#lines = new LineLimit(limits.lineBytes);
  }

  /** Bytes that came since the last call. */
  takeBytes(): number {
    const bytes = this.#bytes;
    this.#bytes = 0;
    return bytes;
  }

  /** Why these bytes are not to be stored; undefined when they may be. */
  check({ segment, offset, payloadBytes, parts }: Frame): Refusal | undefined {
    if (segment !== this.#next.segment || offset !== this.#next.offset) this.#lines.restart();
    this.#next = { segment, offset: offset + payloadBytes };
    if (!parts.every((part) => this.#lines.accepts(part))) return lineRefusal(this.#limits.lineBytes);
    return this.#count(payloadBytes);
  }

  /** Why a line that came ahead of the others is not to be passed on; undefined when it may be. It counts like any other. */
  checkLive(payloadBytes: number): Refusal | undefined {
    // The line of a log has a `\n` more.
    if (payloadBytes >= this.#limits.lineBytes) return lineRefusal(this.#limits.lineBytes);
    return this.#count(payloadBytes);
  }

  #count(bytes: number): Refusal | undefined {
    const nowMs = Date.now();
    if (bytes > this.#volume.leftBytes(nowMs)) return quotaRefusal(this.#limits.bytesPerDay, nowMs);
    this.#volume.add(bytes, nowMs);
    this.#bytes += bytes;
    return undefined;
  }
}
