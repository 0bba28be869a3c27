import type { CalmPolicy } from './calm-policy.ts';
import type { Incident } from './incident.ts';
import type { MessageKind } from './next-message.ts';

/**
 * What is done with a message that is due. `digest`: it waited for the end of the quiet hours, which is now. `hold`: it
 * waits, and the incident is to say for what. `wait`: the same without a word. `drop`: nobody is told, and it counts as
 * told in this way.
 */
export type Verdict =
  | { readonly kind: 'send' | 'digest' | 'wait' }
  | { readonly kind: 'hold'; readonly incident: Incident }
  | { readonly kind: 'drop'; readonly incident: Incident; readonly as: MessageKind };

/** What bears on the verdict besides the incident. */
export interface Circumstances {
  readonly policy: CalmPolicy;
  readonly isQuiet: boolean;
  /** The silence that holds for the incident now. */
  readonly silenceId: number | undefined;
  readonly nowMs: number;
}

/** Whether a message may be sent now. */
export function judge(incident: Incident, kind: MessageKind, circumstances: Circumstances): Verdict {
  const { policy, isQuiet, silenceId, nowMs } = circumstances;
  const { isSent, isRecoverySent } = policy.severities[incident.severity];
  if (!isSent || (kind === 'end' && !isRecoverySent)) return { kind: 'drop', incident, as: kind };
  // Its beginning was not sent, so there is nothing to add to. That it became worse is news.
  const isUnheard = incident.threadId === undefined && kind !== 'opening' && kind !== 'worse';
  if (isUnheard) return { kind: 'drop', incident, as: kind };
  // Whoever was told that it began is told that it is over, silence or not.
  if (silenceId !== undefined && kind !== 'end') {
    const silenced = { ...incident, silenceId };
    return isPast(incident, policy, nowMs)
      ? { kind: 'drop', incident: silenced, as: 'end' }
      : { kind: 'hold', incident: silenced };
  }
  if (isQuiet && policy.quietHours?.severities.includes(incident.severity) === true) {
    return kind === 'reminder' ? { kind: 'wait' } : { kind: 'hold', incident: { ...incident, isHeld: true } };
  }
  return { kind: incident.isHeld ? 'digest' : 'send' };
}

/** It began and went by without anybody having been told. */
function isPast(
  { told, isFiring, isFlapping, changedMs }: Incident,
  policy: CalmPolicy,
  nowMs: number,
): boolean {
  if (told !== 'nothing' || isFiring) return false;
  return !isFlapping || nowMs - changedMs >= policy.flapping.quietMs;
}
