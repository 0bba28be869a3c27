import type { CalmPolicy } from './calm-policy.ts';
import type { Incident } from './incident.ts';
import { isWorse } from './life-cycle.ts';

/**
 * What there is to say of an incident: that it began; that it flaps; that it flaps no more and is firing; that it became
 * worse; that it lasts; that it is over.
 */
export type MessageKind = 'opening' | 'flapping' | 'steady' | 'worse' | 'reminder' | 'end';

/** A message, and when it is due if nothing changes before. */
export interface NextMessage {
  readonly kind: MessageKind;
  /** From when it waits, ms since 1970. */
  readonly sinceMs: number;
  readonly waitMs: number;
}

/** So far a clock is set back without anybody meaning it, ms. */
const CLOCK_SLACK_MS = 60_000;

/** How long it is until a message is due, ms; 0 when it is. What began in the future began while the clock was wrong. */
export function dueInMs({ sinceMs, waitMs }: NextMessage, nowMs: number): number {
  return sinceMs > nowMs + CLOCK_SLACK_MS ? 0 : Math.max(0, sinceMs + waitMs - nowMs);
}

/** The next thing to say of an open incident if nothing changes; undefined when there is nothing. */
export function nextMessage(incident: Incident, policy: CalmPolicy): NextMessage | undefined {
  const { changedMs: sinceMs, severity, toldSeverity } = incident;
  if (incident.told === 'nothing') return opening(incident, policy);
  if (incident.isFlapping) {
    if (!incident.isFlappingTold) return { kind: 'flapping', sinceMs, waitMs: 0 };
    return { kind: incident.isFiring ? 'steady' : 'end', sinceMs, waitMs: policy.flapping.quietMs };
  }
  if (!incident.isFiring) return { kind: 'end', sinceMs, waitMs: policy.settleMs };
  if (toldSeverity !== undefined && isWorse(severity, toldSeverity))
    return { kind: 'worse', sinceMs, waitMs: 0 };
  return reminder(incident, policy);
}

/** Lost nodes were gathered before. */
function opening({ rule, openedMs, severity }: Incident, { severities }: CalmPolicy): NextMessage {
  return {
    kind: 'opening',
    sinceMs: openedMs,
    waitMs: rule === 'problem' ? severities[severity].gatherMs : 0,
  };
}

function reminder(incident: Incident, { severities }: CalmPolicy): NextMessage | undefined {
  const { remindersMs } = severities[incident.severity];
  const waitMs = remindersMs[Math.min(incident.reminders, remindersMs.length - 1)];
  const sinceMs = incident.toldMs;
  if (waitMs === undefined || sinceMs === undefined || incident.acknowledged !== undefined) return undefined;
  return { kind: 'reminder', sinceMs, waitMs };
}
