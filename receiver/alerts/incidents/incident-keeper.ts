import type { FlappingRule } from './calm-policy.ts';
import type { Acknowledgement, Incident } from './incident.ts';
import type { IncidentStore } from './incident-store.ts';
import {
  beginAgain,
  beginIncident,
  endIncident,
  eventIncident,
  type IncidentFacts,
  isOver,
  resume,
} from './life-cycle.ts';

/** Moves the incidents on disk along their life cycle. All calls belong into a transaction. */
export interface IncidentKeeper {
  /** It is so from now on. */
  fire(facts: IncidentFacts, atMs: number): void;
  /** Something happened that does not last. */
  note(facts: IncidentFacts, atMs: number): void;
  /** It is no longer so; false when there was no such incident. */
  over(key: string, atMs: number): boolean;
  /** It is still so, although {@link over} was said. */
  resume(key: string, atMs: number): void;
  /** It is no longer so, and nobody needs to hear of it. */
  endQuietly(key: string, atMs: number): void;
  /** Somebody takes care. Undefined when there is no such incident or it is over. */
  acknowledge(id: number, by: Acknowledgement): Incident | undefined;
}

/** Makes a keeper over the incidents on disk. */
export function incidentKeeper(incidents: IncidentStore, flapping: FlappingRule): IncidentKeeper {
  function openOne(key: string): Incident | undefined {
    const latest = incidents.latest(key);
    return latest?.endedMs === undefined ? latest : undefined;
  }

  function change(key: string, next: (incident: Incident) => Incident): boolean {
    const incident = openOne(key);
    if (incident === undefined) return false;
    const changed = next(incident);
    if (changed !== incident) incidents.save(changed);
    return changed !== incident;
  }

  return {
    fire(facts, atMs) {
      const before = incidents.latest(facts.key);
      if (before !== undefined && before.endedMs === undefined) {
        const again = beginAgain(before, facts, atMs, flapping);
        if (again !== before) incidents.save(again);
      } else incidents.insert(beginIncident(facts, atMs, before, flapping));
    },
    note(facts, atMs) {
      if (openOne(facts.key) === undefined) incidents.insert(eventIncident(facts, atMs));
    },
    over: (key, atMs) => change(key, (incident) => isOver(incident, atMs)),
    resume: (key, atMs) => void change(key, (incident) => resume(incident, atMs)),
    endQuietly: (key, atMs) => void change(key, (incident) => endIncident(isOver(incident, atMs))),
    acknowledge(id, by) {
      const incident = incidents.find(id);
      if (incident === undefined || incident.endedMs !== undefined) return undefined;
      const acknowledged = { ...incident, acknowledged: by };
      incidents.save(acknowledged);
      return acknowledged;
    },
  };
}
