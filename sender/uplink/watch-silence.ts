import type { SilenceWatch } from '../../shared/protocol/silence.ts';
import type { SessionPorts } from './session-ports.ts';

/** What {@link watchSilence} does about it. */
export interface SilenceActions {
  /** Asks the receiver for a sign of life. */
  readonly ask: () => void;
  /** Nothing came for so long that the connection counts as lost. */
  readonly lost: (silentMs: number) => void;
}

/** Looks at the time until `signal` ends it, no more often than something can be due. */
export async function watchSilence(
  silence: SilenceWatch,
  { monotonic, sleep }: Pick<SessionPorts, 'monotonic' | 'sleep'>,
  { ask, lost }: SilenceActions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(silence.dueInMs(monotonic()), signal).catch(() => undefined);
    if (signal.aborted) return;
    const nowMs = monotonic();
    const verdict = silence.check(nowMs);
    if (verdict === 'ask') ask();
    if (verdict === 'lost') lost(silence.silentMs(nowMs));
  }
}
