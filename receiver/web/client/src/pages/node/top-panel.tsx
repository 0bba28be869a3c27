import { getJson } from '../../data/api.ts';
import type { TopAnswer, TopProcess } from '../../data/contract.ts';
import { now } from '../../data/now.ts';
import { useResource } from '../../data/use-resource.ts';
import { cursorMs } from '../../graphs/cursor.ts';
import { useSettled } from '../../parts/use-settled.ts';
import { formatMoment } from '../../text/format-time.ts';
import { formatBytes, formatValue } from '../../text/format-value.ts';

const REST_MS = 120;
/** The log has such a line every half minute. */
const GRAIN_MS = 30_000;

/** The busiest processes at the cursor, or now. */
export function TopPanel({ node, endMs }: { node: string; endMs: number }) {
  const at = useSettled(cursorMs.value ?? endMs, REST_MS);
  const { value, error } = useResource<TopAnswer>(
    (signal) => getJson(`/nodes/${encodeURIComponent(node)}/top?atMs=${Math.round(at)}`, signal),
    node,
    [Math.floor(at / GRAIN_MS)],
  );
  const isKnown = value !== undefined && error === undefined;
  return (
    <section class="card top-panel">
      <h2>
        Busiest processes <span class="muted">{isKnown && formatMoment(value.atMs, now.value)}</span>
      </h2>
      {isKnown ? (
        <>
          <ProcessTable title="CPU" rows={value.cpu} show={({ cpu }) => formatValue(cpu, 'ratio')} />
          <ProcessTable title="Memory" rows={value.mem} show={({ rss }) => formatBytes(rss)} />
        </>
      ) : (
        <p class="muted">{error ? 'Not known for this time.' : ' '}</p>
      )}
    </section>
  );
}

interface ProcessTableProps {
  readonly title: string;
  readonly rows: readonly TopProcess[];
  readonly show: (row: TopProcess) => string;
}

function ProcessTable({ title, rows, show }: ProcessTableProps) {
  return (
    <table class="processes">
      <thead>
        <tr>
          <th scope="col">Process</th>
          <th scope="col">PID</th>
          <th scope="col">{title}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.pid}>
            <td title={row.name}>{row.name}</td>
            <td>{row.pid}</td>
            <td>{show(row)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
