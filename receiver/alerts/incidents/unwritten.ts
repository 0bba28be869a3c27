import { describeError } from '../../../shared/errors/errors.ts';
import type { FlappingRule } from './calm-policy.ts';
import type { Incident } from './incident.ts';
import { beginAgain, beginIncident, eventIncident, type IncidentFacts, isOver } from './life-cycle.ts';

/** A change of a problem that may still have to be written. */
export type ProblemChange =
  | (Change & { readonly kind: 'raise' | 'report'; readonly facts: IncidentFacts; readonly say: () => void })
  | (Change & { readonly kind: 'clear' });

interface Change {
  readonly key: string;
  /** ms since 1970. */
  readonly atMs: number;
}

/** Why alerts cannot be written at present. */
export interface WriteFailure {
  readonly error: unknown;
  /** ms since 1970. */
  readonly sinceMs: number;
}

/**
 * Adds a change to those that wait. What is said again of the same problem takes no place of its own, so that a problem
 * that is raised every second does not push out the others.
 *
 * @returns false when there is no room
 */
export function keepChange(waiting: ProblemChange[], change: ProblemChange, max: number): boolean {
  const index = waiting.findLastIndex(({ key }) => key === change.key);
  const last = waiting[index];
  if (last?.kind === change.kind) {
    if (last.kind === 'raise' && change.kind === 'raise') waiting[index] = { ...last, facts: change.facts };
    return true;
  }
  if (waiting.length >= max) return false;
  waiting.push(change);
  return true;
}

/**
 * The open incidents as they would be if what waits had been written; oldest first. What has no number yet gets one
 * below 0.
 */
export function withUnwritten(
  open: readonly Incident[],
  waiting: readonly ProblemChange[],
  rule: FlappingRule,
): readonly Incident[] {
  const byKey = new Map(open.map((incident) => [incident.key, incident]));
  waiting.forEach((change, index) => {
    const after = afterChange(byKey.get(change.key), change, rule, -1 - index);
    if (after !== undefined) byKey.set(change.key, after);
  });
  return [...byKey.values()];
}

function afterChange(
  before: Incident | undefined,
  change: ProblemChange,
  rule: FlappingRule,
  id: number,
): Incident | undefined {
  const { atMs } = change;
  if (change.kind === 'clear') return before && isOver(before, atMs);
  if (change.kind === 'report') return before ?? { ...eventIncident(change.facts, atMs), id };
  if (before !== undefined) return beginAgain(before, change.facts, atMs, rule);
  return { ...beginIncident(change.facts, atMs, undefined, rule), id };
}

/** That nothing can be written is an alert itself, the only one that no file holds; its number is 0. */
export function cannotWrite({ error, sinceMs }: WriteFailure, path: string): Incident {
  const facts: IncidentFacts = {
    ...{ key: 'state-unwritten', rule: 'problem', node: undefined, severity: 'critical', to: undefined },
    title: `the receiver cannot record or mail alerts: writing ${path} failed: ${describeError(error)}`,
    detail:
      'Until it can, nobody gets a mail about what is wrong, and this list may not be complete. ' +
      'If the disk is full, make room; the receiver then records and mails what waits.',
  };
  return { ...eventIncident(facts, sinceMs), id: 0, isFiring: true, fires: [sinceMs] };
}
