import type { Alert } from '../../data/contract.ts';

/** Alerts that are shown as one, and answered with one button. */
export interface AlertGroup {
  /** The number of the first of them. */
  readonly id: number;
  readonly title: string;
  readonly severity: Alert['severity'];
  readonly sinceMs: number;
  /** At least one. */
  readonly alerts: readonly [Alert, ...Alert[]];
}

/**
 * Puts together the nodes that were lost together; every other alert stands alone. The worst come
 * first.
 */
export function groupAlerts(alerts: readonly Alert[]): readonly AlertGroup[] {
  const groups = Map.groupBy(alerts, ({ id, group }) =>
    group === undefined ? `alert ${id}` : `group ${group}`,
  );
  return [...groups.values()]
    .flatMap(([first, ...others]) => (first === undefined ? [] : groupOf(first, others)))
    .sort((a, b) => ORDER[a.severity] - ORDER[b.severity] || b.sinceMs - a.sinceMs);
}

/** What a silence of a group names: the keys of its alerts. */
export function patternOf({ alerts }: AlertGroup): string {
  return alerts.map(({ key }) => key).join(', ');
}

const ORDER = { critical: 0, warning: 1, info: 2 } as const;

function groupOf(first: Alert, others: readonly Alert[]): AlertGroup {
  const alerts = [first, ...others] as const;
  const severity = alerts.map((alert) => alert.severity).sort((a, b) => ORDER[a] - ORDER[b])[0];
  return {
    id: first.id,
    title: others.length === 0 ? first.title : `${alerts.length} nodes are down`,
    severity: severity ?? first.severity,
    sinceMs: Math.min(...alerts.map(({ sinceMs }) => sinceMs)),
    alerts,
  };
}
