/**
 * How an incident goes from one moment to the next; pure. Whatever fires, a lost node or a problem, goes through here.
 *
 *     begins ──▶ firing ──over──▶ back ──told──▶ ended
 *                  ▲               │
 *                  └──begins anew──┘      often within the window: flapping, until nothing changes for a while
 *
 * An incident stays open until its end was told. What begins anew before that belongs to the same incident, so that firing
 * and resolved alternate in what the administrator hears, whatever the condition itself does.
 */

import type { FlappingRule } from './calm-policy.ts';
import type { Incident, NewIncident, Severity } from './incident.ts';
import type { MessageKind } from './next-message.ts';

/** What an incident is about. */
export type IncidentFacts = Pick<Incident, 'key' | 'rule' | 'node' | 'severity' | 'title' | 'detail' | 'to'>;

/**
 * A new incident.
 *
 * @param before the last one with the same key: what came and went often enough begins as flapping
 */
export function beginIncident(
  facts: IncidentFacts,
  atMs: number,
  before: Incident | undefined,
  rule: FlappingRule,
): NewIncident {
  const fires = withFire(before?.fires ?? [], atMs, rule);
  const isFlapping = fires.length >= rule.times;
  return {
    ...newIncident(facts, atMs),
    isFiring: true,
    fires,
    count: isFlapping ? fires.length : 1,
    isFlapping,
  };
}

/** Something that happened and does not last. It counts towards no flapping. */
export function eventIncident(facts: IncidentFacts, atMs: number): NewIncident {
  return newIncident(facts, atMs);
}

function newIncident(facts: IncidentFacts, atMs: number): NewIncident {
  return {
    ...facts,
    openedMs: atMs,
    endedMs: undefined,
    told: 'nothing',
    threadId: undefined,
    isFiring: false,
    changedMs: atMs,
    fires: [],
    count: 1,
    isFlapping: false,
    isFlappingTold: false,
    toldSeverity: undefined,
    toldMs: undefined,
    reminders: 0,
    acknowledged: undefined,
    silenceId: undefined,
    isHeld: false,
  };
}

/** It begins, and is open already: anew when it was over, else with what is now known of it. The same when nothing changed. */
export function beginAgain(
  incident: Incident,
  facts: IncidentFacts,
  atMs: number,
  rule: FlappingRule,
): Incident {
  if (incident.isFiring) return withFacts(incident, facts);
  const fires = withFire(incident.fires, atMs, rule);
  const becomesFlapping = !incident.isFlapping && fires.length >= rule.times;
  return {
    ...withFacts(incident, facts),
    isFiring: true,
    changedMs: atMs,
    fires,
    count: becomesFlapping ? Math.max(incident.count + 1, fires.length) : incident.count + 1,
    isFlapping: incident.isFlapping || becomesFlapping,
  };
}

/** It is not over after all; unlike {@link beginAgain} this is nothing to count. */
export function resume(incident: Incident, atMs: number): Incident {
  if (incident.isFiring || incident.isFlapping) return incident;
  return { ...incident, isFiring: true, changedMs: atMs };
}

/** It is over. */
export function isOver(incident: Incident, atMs: number): Incident {
  return incident.isFiring ? { ...incident, isFiring: false, changedMs: atMs } : incident;
}

/** A message of this kind about it was queued, or counts as such. What is over and told is ended. */
export function markTold(
  incident: Incident,
  kind: MessageKind,
  nowMs: number,
  threadId: number | undefined,
): Incident {
  const { severity, toldSeverity = severity } = incident;
  const isFlapping = incident.isFlapping && kind !== 'steady';
  const told: Incident = {
    ...incident,
    told: 'opening',
    threadId: incident.threadId ?? threadId,
    toldMs: nowMs,
    toldSeverity: isWorse(severity, toldSeverity) ? severity : toldSeverity,
    isFlapping,
    isFlappingTold: isFlapping,
    reminders: incident.reminders + (kind === 'reminder' ? 1 : 0),
    isHeld: false,
  };
  const isDone = kind === 'end' || (!told.isFiring && !told.isFlapping);
  return isDone ? endIncident(told) : told;
}

/** Nothing more is to be said about it; the history has it. */
export function endIncident(incident: Incident): Incident {
  const endedMs = Math.max(incident.changedMs, incident.openedMs);
  return { ...incident, endedMs, told: 'end', isFiring: false, isHeld: false };
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** Whether one severity is worse than another. */
export function isWorse(one: Severity, other: Severity): boolean {
  return RANK[one] > RANK[other];
}

function withFacts(incident: Incident, { severity, title, detail }: IncidentFacts): Incident {
  const isSame = incident.severity === severity && incident.title === title && incident.detail === detail;
  return isSame ? incident : { ...incident, severity, title, detail };
}

function withFire(fires: readonly number[], atMs: number, { times, windowMs }: FlappingRule): number[] {
  // A time that is yet to come was written while the clock was wrong.
  const recent = fires.filter((fireMs) => fireMs > atMs - windowMs && fireMs <= atMs);
  return [...recent, atMs].slice(-times);
}
