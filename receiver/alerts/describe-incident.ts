import type { Incident } from './incidents/incident.ts';
import type { Silence } from './silences/silence-store.ts';

/** An incident as `alerts --json` shows it. Times are RFC 3339 in UTC. */
export interface IncidentStatus {
  readonly id: number;
  readonly key: string;
  readonly rule: string;
  readonly node: string | null;
  readonly severity: string;
  readonly title: string;
  readonly detail: string;
  /**
   * `firing`; `flapping`: it comes and goes; `settling`: it is over, and about to be told; `over`.
   */
  readonly state: 'firing' | 'flapping' | 'settling' | 'over';
  readonly opened: string;
  /** When it was over; null while it is not. */
  readonly ended: string | null;
  /** How often it began. */
  readonly times: number;
  readonly reminders: number;
  /** Null when nobody was told, as under a silence. */
  readonly told: string | null;
  /** Number of the silence that kept something of it from being told. */
  readonly silence: number | null;
  readonly acknowledged: { readonly at: string; readonly by: string; readonly note: string } | null;
}

/** Puts an incident into the words of the command line. */
export function describeIncident(incident: Incident): IncidentStatus {
  const { id, key, rule, node = null, severity, title, detail, acknowledged } = incident;
  return {
    id,
    key,
    rule,
    node,
    severity,
    title,
    detail,
    state: stateOf(incident),
    opened: timeOf(incident.openedMs),
    ended: incident.endedMs === undefined ? null : timeOf(incident.endedMs),
    times: incident.count,
    reminders: incident.reminders,
    told: incident.toldMs === undefined || incident.threadId === undefined ? null : timeOf(incident.toldMs),
    silence: incident.silenceId ?? null,
    acknowledged:
      acknowledged === undefined
        ? null
        : { at: timeOf(acknowledged.atMs), by: acknowledged.by, note: acknowledged.note },
  };
}

function stateOf({ endedMs, isFlapping, isFiring }: Incident): IncidentStatus['state'] {
  if (endedMs !== undefined) return 'over';
  if (isFlapping) return 'flapping';
  return isFiring ? 'firing' : 'settling';
}

/** A silence as `silence list --json` shows it. Times are RFC 3339 in UTC. */
export interface SilenceStatus {
  readonly id: number;
  readonly pattern: string;
  readonly why: string;
  readonly by: string;
  readonly begins: string;
  readonly ends: string;
}

/** Puts a silence into the words of the command line. */
export function describeSilence({ id, pattern, why, by, beginsMs, endsMs }: Silence): SilenceStatus {
  return { id, pattern, why, by, begins: timeOf(beginsMs), ends: timeOf(endsMs) };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
