import type { SegmentFault, SegmentUnreadableError } from '../../shared/log/read-proven.ts';

/** How often a segment is read again before it is given up, and how far apart. */
interface Patience {
  readonly readings: number;
  readonly apartMs: number;
}

/**
 * What lies on the disk does not mend by itself, but what was read may have been wrong on its way, or the file was being brought back by
 * hand. A disk that does not answer may be one that comes back: a loose cable, a hub that is reset, a drive that wakes.
 */
const PATIENCE: Readonly<Record<SegmentFault, Patience>> = {
  damaged: { readings: 3, apartMs: 5_000 },
  missing: { readings: 5, apartMs: 15_000 },
  unreadable: { readings: 11, apartMs: 60_000 },
};

/** A sealed segment that could not be read so far; shown by `status`. */
export interface Doubt {
  readonly segment: number;
  readonly reason: string;
  /** Since when, ms since 1970. */
  readonly sinceMs: number;
  /** How often it was read since. */
  readonly readings: number;
}

/** What to do about it: read again after a wait, or believe that it cannot be read. */
export type Verdict = { readonly kind: 'again'; readonly waitMs: number } | { readonly kind: 'believe' };

/** The time, of both kinds. */
export interface Moment {
  /** ms since 1970. */
  readonly nowMs: number;
  /** Of a clock that never jumps and stands while the machine is suspended. */
  readonly monotonicMs: number;
}

/**
 * Counts readings of a segment that fail, over all connections, and decides when it is believed. One that gets further than ever before
 * begins anew, and so does another fault: a disk that limps is not a segment that is lost.
 */
export class Doubts {
  #current:
    | (Doubt & {
        readonly fault: SegmentFault;
        readonly soundBytes: number;
        readonly sinceMonotonicMs: number;
      })
    | undefined;

  /** What is in doubt now. */
  get current(): Doubt | undefined {
    if (this.#current === undefined) return undefined;
    const { segment, reason, sinceMs, readings } = this.#current;
    return { segment, reason, sinceMs, readings };
  }

  /** A reading has failed. */
  failed(error: SegmentUnreadableError, { nowMs, monotonicMs }: Moment): Verdict {
    const { record, fault, soundBytes, message: reason } = error;
    const before = this.#current;
    const isSame =
      before?.segment === record.number && before.fault === fault && soundBytes <= before.soundBytes;
    const found = isSame
      ? { ...before, reason, readings: before.readings + 1 }
      : { segment: record.number, reason, sinceMs: nowMs, readings: 1, fault, soundBytes };
    const sinceMonotonicMs = isSame ? before.sinceMonotonicMs : monotonicMs;
    this.#current = { ...found, sinceMonotonicMs };
    const { readings, apartMs } = PATIENCE[fault];
    // Connections that break make readings follow one another faster than they should.
    const isLong = monotonicMs - sinceMonotonicMs >= (readings - 1) * apartMs;
    return found.readings >= readings && isLong ? { kind: 'believe' } : { kind: 'again', waitMs: apartMs };
  }

  /** Everything before a segment is at the receiver, or given up. */
  forgetBefore(segment: number): void {
    if (this.#current !== undefined && this.#current.segment < segment) this.#current = undefined;
  }
}
