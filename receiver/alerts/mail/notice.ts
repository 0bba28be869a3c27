import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Severity } from '../incidents/incident.ts';

/** Incidents that a message tells of in data; there may be thousands, of which the text tells the number. */
export const MAX_ALERTS = 100;

/** What a message tells of one incident, for channels that want data instead of a letter. */
export interface NoticeAlert {
  /** What it is about; the same as long as the incident lasts. May hold text from outside, as `title`. */
  readonly key: string;
  readonly rule: string;
  readonly node: NodeName | undefined;
  readonly severity: Severity;
  /** One line. */
  readonly title: string;
  /** ms since 1970. */
  readonly openedMs: number;
  /** ms since 1970; undefined while it lasts. */
  readonly endedMs: number | undefined;
}

/** A message in short: what a phone shows, and what programs read. */
export interface Notice {
  /** One sentence. */
  readonly headline: string;
  /** Empty for a message that is about no incident, such as a test. */
  readonly alerts: readonly NoticeAlert[];
}

/** The fields of an incident that a notice tells. */
export function noticeAlert(incident: NoticeAlert): NoticeAlert {
  const { key, rule, node, severity, title, openedMs, endedMs } = incident;
  return { key, rule, node, severity, title, openedMs, endedMs };
}

/** Whether something of it still lasts. */
export function isFiring({ alerts }: Notice): boolean {
  return alerts.some(({ endedMs }) => endedMs === undefined);
}

const RANKS: readonly Severity[] = ['info', 'warning', 'critical'];

/** How much the message matters: as its worst incident; `warning` where there is none. */
export function severityOf({ alerts }: Notice): Severity {
  if (alerts.length === 0) return 'warning';
  const rank = Math.max(...alerts.map(({ severity }) => RANKS.indexOf(severity)));
  return RANKS[rank] ?? 'warning';
}
