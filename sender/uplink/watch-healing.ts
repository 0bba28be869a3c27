import type { Clock } from '../../shared/time/clock.ts';
import type { Healing } from './healing.ts';

/** For how long the receiver may send nothing of what was asked for, ms. */
const HEAL_MS = 30_000;

/** What {@link watchHealing} works with. */
export interface HealingWatchPorts {
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** Whether nothing of the receiver can be heard at present, because it has to wait. */
  readonly isDeaf: () => boolean;
  readonly lose: (reason: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Gives up a receiver that is asked to heal a segment and does not. It may well answer PING all the time, so that its silence is not
 * noticed otherwise. Ends when nothing is asked for any more, or with the signal.
 */
export async function watchHealing(healing: Healing, ports: HealingWatchPorts): Promise<void> {
  const { clock, isDeaf, lose, signal } = ports;
  let heard = healing.progress;
  while (healing.isAsked && !signal.aborted) {
    await clock.sleep(HEAL_MS, signal).catch(() => undefined);
    if (signal.aborted || !healing.isAsked) return;
    if (healing.progress === heard && !isDeaf())
      return lose(`the receiver did not answer HEAL within ${HEAL_MS / 1000} s`);
    heard = healing.progress;
  }
}
