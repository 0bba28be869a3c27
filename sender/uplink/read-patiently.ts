import { SegmentUnreadableError } from '../../shared/log/read-proven.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Doubts } from './doubts.ts';

/** What {@link readPatiently} works with. */
export interface PatiencePorts {
  readonly doubts: Doubts;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that never jump. */
  readonly monotonic: () => number;
  /** As {@link Clock.sleep}. */
  readonly sleep: Clock['sleep'];
}

/** A sealed segment that cannot be read, for certain. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly error: SegmentUnreadableError;
}

/**
 * Reads, and where a sealed segment does not give what is recorded, reads again until it does or that is certain.
 *
 * @throws what `read` throws otherwise; the signal's reason
 */
export async function readPatiently<T>(
  read: () => Promise<T>,
  { doubts, now, monotonic, sleep }: PatiencePorts,
  signal: AbortSignal,
): Promise<T | Unreadable> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof SegmentUnreadableError)) throw error;
      const verdict = doubts.failed(error, { nowMs: now(), monotonicMs: monotonic() });
      if (verdict.kind === 'believe') return { kind: 'unreadable', error };
      await sleep(verdict.waitMs, signal);
    }
  }
}
