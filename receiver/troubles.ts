import type { Alerts } from './alerts/alerts.ts';
import type { MirrorState } from './backup/mirror.ts';

/** How long messages may be stuck before the receiver counts as unwell, ms: mail servers are restarted now and then. */
const STUCK_MS = 15 * 60_000;

/** What a running receiver knows to be wrong with itself, in a sentence for each; empty while it is well. */
export function troublesOf(
  mirror: MirrorState,
  outbox: ReturnType<Alerts['state']>,
  monotonicMs: number,
): readonly string[] {
  const { trouble, pending } = outbox;
  return [
    ...(mirror.problem === undefined ? [] : [mirror.problem.title]),
    ...(trouble !== undefined && monotonicMs - trouble.sinceMonotonicMs > STUCK_MS
      ? [`${pending} messages cannot be sent: ${trouble.error}`]
      : []),
  ];
}
