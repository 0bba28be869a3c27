import type { TimeWindow } from '../../data/load-series.ts';
import { Icon } from '../../parts/icon.tsx';

/** Links to the lines of the log in the range. */
export function Downloads({ name, window }: { name: string; window: TimeWindow }) {
  const path = `/api/nodes/${encodeURIComponent(name)}/log?fromMs=${window.fromMs}&toMs=${window.toMs}`;
  return (
    <section class="card">
      <h2>Download this range</h2>
      <p class="button-row">
        <a class="button" href={`${path}&format=ndjson`} download>
          <Icon name="download" /> NDJSON
        </a>
        <a class="button" href={`${path}&format=csv`} download>
          <Icon name="download" /> CSV
        </a>
      </p>
    </section>
  );
}
