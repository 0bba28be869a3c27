import { formatDuration, formatRelative } from '../../shared/cli/format.ts';
import { formatTable } from '../../shared/cli/table.ts';
import type { IncidentStatus, SilenceStatus } from '../alerts/describe-incident.ts';

const ALERT_COLUMNS = [
  { title: 'ID', align: 'right' },
  { title: 'STATE' },
  { title: 'SEVERITY' },
  { title: 'SINCE' },
  { title: 'LASTED' },
  { title: 'ALERT' },
  { title: 'NOTE' },
] as const;

/** What `alerts` prints for a person. */
export function renderAlerts(alerts: readonly IncidentStatus[], nowMs: number): string {
  if (alerts.length === 0) return 'nothing is wrong\n';
  const rows = alerts.map((alert) => [
    alert.id < 1 ? '-' : String(alert.id),
    alert.state,
    alert.severity,
    formatRelative(Date.parse(alert.opened), nowMs),
    formatDuration((alert.ended === null ? nowMs : Date.parse(alert.ended)) - Date.parse(alert.opened)),
    alert.title,
    noteOf(alert),
  ]);
  const isCalm = alerts.every(({ state }) => state === 'happened' || state === 'over');
  const table = formatTable(ALERT_COLUMNS, rows);
  return isCalm ? `nothing is wrong now; what happened:\n${table}` : table;
}

function noteOf({ times, silence, acknowledged }: IncidentStatus): string {
  const notes = [
    ...(times > 1 ? [`${times} times`] : []),
    ...(silence === null ? [] : [`silence ${silence}`]),
    ...(acknowledged === null
      ? []
      : [
          `acknowledged${acknowledged.by === '' ? '' : ` by ${acknowledged.by}`}`,
          ...(acknowledged.note === '' ? [] : [acknowledged.note]),
        ]),
  ];
  return notes.join(', ');
}

const SILENCE_COLUMNS = [
  { title: 'ID', align: 'right' },
  { title: 'WHAT' },
  { title: 'ENDS' },
  { title: 'BY' },
  { title: 'WHY' },
] as const;

/** What `silence list` prints for a person. */
export function renderSilences(silences: readonly SilenceStatus[], nowMs: number): string {
  if (silences.length === 0) return 'nothing is silenced\n';
  const rows = silences.map(({ id, pattern, ends, by, why }) => [
    String(id),
    pattern,
    formatRelative(Date.parse(ends), nowMs),
    by,
    why,
  ]);
  return formatTable(SILENCE_COLUMNS, rows);
}
