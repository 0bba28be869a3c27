import type { ScrubReach } from './scrub.ts';

/**
 * Why a run was made. `repair`: something was found damaged or missing; `joined`: there is a node
 * of which the mirror has nothing yet; `again`: the drive could not be used, and may be back.
 */
export type RunReason = 'start' | 'schedule' | 'asked' | 'repair' | 'joined' | 'again';

/** What a run reads again. */
export const REACH: Readonly<Record<RunReason, ScrubReach>> = {
  start: 'share',
  schedule: 'share',
  asked: 'all',
  repair: 'suspects',
  joined: 'suspects',
  again: 'suspects',
};
