import { useMemo, useRef } from 'preact/hooks';
import { mailTrouble } from '../../data/firing.ts';
import { fleet, fleetState, sleeptime } from '../../data/fleet.ts';
import { route } from '../../data/location.ts';
import { formatRoute } from '../../route.ts';
import { type CalmRows, calmRows } from './calm-rows.ts';
import { FleetTable } from './fleet-table.tsx';
import { FleetToolbar } from './fleet-toolbar.tsx';
import { readView } from './fleet-view.ts';

/** Every node at a glance. */
export function FleetPage() {
  const { query } = route.value;
  const nodes = fleet.value;
  const view = useMemo(() => readView(query), [query]);
  const calm = useRef<CalmRows>(undefined);
  calm.current = useMemo(() => calmRows(calm.current, nodes, view, performance.now()), [nodes, view]);
  const { rows } = calm.current;
  return (
    <div class="fleet-page">
      <h1 class="unseen">Fleet</h1>
      {mailTrouble.value && (
        <p class="problem" role="alert">
          Messages cannot be sent: {mailTrouble.value}{' '}
          <a href={formatRoute('alerts', undefined, { tab: 'outbox' })}>Outbox</a>
        </p>
      )}
      <FleetToolbar view={view} />
      {rows.length > 0 ? (
        <FleetTable rows={rows} view={view} />
      ) : (
        <NothingToShow isEmpty={nodes.size === 0} />
      )}
      {rows.length > 0 && (
        <p class="footnote">A sample every {sleeptime.value} s. The lines show the last hour.</p>
      )}
    </div>
  );
}

function NothingToShow({ isEmpty }: { isEmpty: boolean }) {
  const state = fleetState.value;
  if (state === 'loading')
    return (
      <p class="nothing" aria-busy="true">
        Reading the fleet…
      </p>
    );
  if (state instanceof Error)
    return (
      <p class="nothing problem" role="alert">
        {state.message}
      </p>
    );
  if (!isEmpty) return <p class="nothing">No node fits this filter.</p>;
  return (
    <div class="nothing">
      <p>No node has joined yet.</p>
      <a class="button primary" href={formatRoute('add')}>
        Add a node
      </a>
    </div>
  );
}
