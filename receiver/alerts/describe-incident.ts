import type { Incident } from './incidents/incident.ts';
import type { Silence } from './silences/silence-store.ts';

/** An incident as `alerts --json` shows it. Times are RFC 3339 in UTC. */
export interface IncidentStatus {
  /** 0 or less while the receiver cannot write it to its disk: it cannot be acknowledged until then. */
  readonly id: number;
  readonly key: string;
  readonly rule: string;
  readonly node: string | null;
  readonly severity: string;
  readonly title: string;
  readonly detail: string;
  /**
   * `firing`; `flapping`: it comes and goes; `settling`: it has ended, and the mail about that is due;
   * `over`; `happened`: a single event, such as a file that was set aside, which has no end to wait for.
   */
  readonly state: 'firing' | 'flapping' | 'settling' | 'over' | 'happened';
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

function stateOf({ endedMs, fires, isFlapping, isFiring }: Incident): IncidentStatus['state'] {
  // What lasts has begun at least once; a single event never did.
  if (fires.length === 0) return 'happened';
  if (endedMs !== undefined) return 'over';
  if (isFlapping) return 'flapping';
  return isFiring ? 'firing' : 'settling';
}

/** How long the list of what is wrong also shows single events, ms. */
const RECENT_MS = 86_400_000;

/** Whether an incident belongs into the list of what is wrong: it is open, or it happened within a day. */
export function isCurrent({ state, opened }: IncidentStatus, nowMs: number): boolean {
  if (state === 'happened') return nowMs - Date.parse(opened) < RECENT_MS;
  return state !== 'over';
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
