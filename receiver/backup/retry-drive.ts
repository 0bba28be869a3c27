import type { Clock } from '../../shared/time/clock.ts';
import type { MirrorRun } from './run-mirror.ts';
import { makeSoon } from './soon.ts';

/** How soon a drive that may not be written to is looked at again: it may have been missing, ms. */
const REFUSED_MS = 20_000;

/** How soon a run that failed is made again, at first and at most, ms. */
const FAILED_MS = { first: 60_000, most: 15 * 60_000 };

/** Looks after a drive that could not be used. Disposing ends that. */
export interface DriveRetry extends Disposable {
  /** A run has ended so. */
  settled(kind: MirrorRun['kind']): void;
}

/**
 * Has a run made without waiting for the schedule, so that the alert of a drive that is back is
 * over soon.
 */
export function retryDrive(run: () => Promise<void>, clock: Clock): DriveRetry {
  const soon = makeSoon(run, clock);
  let failures = 0;
  return {
    settled(kind) {
      if (kind === 'refused') soon.within(REFUSED_MS);
      if (kind === 'failed') soon.within(Math.min(FAILED_MS.most, FAILED_MS.first * 2 ** failures));
      failures = kind === 'failed' ? failures + 1 : 0;
    },
    [Symbol.dispose]: () => soon[Symbol.dispose](),
  };
}
