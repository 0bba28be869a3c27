import type { SilenceWatch } from '../../shared/protocol/silence.ts';
import type { Clock } from '../../shared/time/clock.ts';

/** What {@link watchSilence} works with. */
export interface SilencePorts {
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** Asks the receiver whether it is there. */
  readonly ask: () => void;
  /** Whether nothing of it can be heard at present, because it has to wait. */
  readonly isDeaf: () => boolean;
  readonly lose: (reason: string) => void;
  readonly signal: AbortSignal;
}

/** Asks a receiver that is silent, and gives it up when it stays so; until the signal. */
export async function watchSilence(silence: SilenceWatch, ports: SilencePorts): Promise<void> {
  const { clock, signal } = ports;
  while (!signal.aborted) {
    await clock.sleep(silence.dueInMs(clock.monotonic()), signal).catch(() => undefined);
    if (!signal.aborted) check(silence, ports);
  }
}

function check(silence: SilenceWatch, { clock, ask, isDeaf, lose }: SilencePorts): void {
  const nowMs = clock.monotonic();
  const verdict = silence.check(nowMs);
  if (verdict === 'ask') ask();
  if (verdict === 'lost' && !isDeaf())
    lose(`the receiver has been silent for ${Math.round(silence.silentMs(nowMs) / 1000)} s`);
}
