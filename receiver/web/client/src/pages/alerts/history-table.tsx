import type { Alert } from '../../data/contract.ts';
import { now } from '../../data/now.ts';
import { formatRoute } from '../../route.ts';
import { formatMoment } from '../../text/format-time.ts';
import { formatDuration } from '../../text/format-value.ts';
import { SeverityMark } from './severity-mark.tsx';

/** What was wrong, the newest first. */
export function HistoryTable({ alerts }: { alerts: readonly Alert[] }) {
  if (alerts.length === 0) return <p class="nothing">Nothing has ever fired.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="card table-scroll" tabIndex={0} aria-label="History">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Severity</th>
            <th scope="col">What</th>
            <th scope="col">Node</th>
            <th scope="col">Began</th>
            <th scope="col">Lasted</th>
          </tr>
        </thead>
        <tbody>
          {alerts.map((alert) => (
            <tr key={alert.id}>
              <td>
                <SeverityMark severity={alert.severity} />
              </td>
              <td>
                {alert.title}
                {alert.acknowledged && <span class="muted"> · acknowledged by {alert.acknowledged.by}</span>}
              </td>
              <td>{alert.node && <NodeLink node={alert.node} alert={alert} />}</td>
              <td class="nowrap">{formatMoment(alert.sinceMs, now.value)}</td>
              <td class="nowrap">
                {alert.resolvedMs === undefined
                  ? 'still firing'
                  : formatDuration(alert.resolvedMs - alert.sinceMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Leads to the graphs of the time around the alert. */
function NodeLink({ node, alert }: { node: string; alert: Alert }) {
  const endMs = alert.resolvedMs ?? now.value;
  const margin = Math.max(300_000, (endMs - alert.sinceMs) / 2);
  const query = { from: String(Math.round(alert.sinceMs - margin)), to: String(Math.round(endMs + margin)) };
  return <a href={formatRoute('node', node, query)}>{node}</a>;
}
