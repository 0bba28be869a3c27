import { useEffect, useMemo } from 'preact/hooks';
import { getJson } from '../../data/api.ts';
import type { NodeAnswer } from '../../data/contract.ts';
import { connections } from '../../data/events.ts';
import { fleet } from '../../data/fleet.ts';
import { replaceName, route } from '../../data/location.ts';
import { isAdmin } from '../../data/session.ts';
import { useResource } from '../../data/use-resource.ts';
import { graphSpecs } from '../../graphs/graph-specs.ts';
import { useWindow } from '../../graphs/use-window.ts';
import { NodeGraphs } from './node-graphs.tsx';
import { NodeHead } from './node-head.tsx';
import { NodeInventory } from './node-inventory.tsx';
import { NodeLog } from './node-log.tsx';
import { NodeManage } from './node-manage.tsx';

const BANDS_EVERY_MS = 30_000;

/** One machine: its past as graphs, its log, what it is made of, and what can be done with it. */
export function NodePage({ name }: { name: string }) {
  const { range, window } = useWindow();
  const tab = route.value.query['tab'] ?? 'graphs';
  const live = fleet.value.get(name);
  // Bands and inventory change rarely; half a minute is soon enough for them.
  const epoch = range.kind === 'fixed' ? '' : Math.floor(window.toMs / BANDS_EVERY_MS);
  const { value, error } = useResource<NodeAnswer>(
    (signal) =>
      getJson(`/nodes/${encodeURIComponent(name)}?fromMs=${window.fromMs}&toMs=${window.toMs}`, signal),
    name,
    [range, epoch, connections.value],
  );
  const present = value?.node.name;
  useEffect(() => {
    // A name that the node had before leads to what it is called now.
    if (present !== undefined && present !== name) replaceName(present);
  }, [present, name]);
  const names = value?.seriesNames.join('\n');
  const node = live ?? value?.node;
  const hasSwap = value?.node.latest?.values['swap.total'] !== 0;
  const specs = useMemo(
    () => graphSpecs(names?.split('\n').filter((series) => hasSwap || !series.startsWith('swap.')) ?? []),
    [names, hasSwap],
  );
  return (
    <div class="node-page">
      <NodeHead name={name} node={node} tab={tab} />
      {error !== undefined && value === undefined && (
        <p class="nothing problem" role="alert">
          {error.message}
        </p>
      )}
      {value !== undefined && tab === 'graphs' && (
        <NodeGraphs name={name} specs={specs} range={range} window={window} bands={value.bands} />
      )}
      {tab === 'log' && <NodeLog name={name} />}
      {value !== undefined && tab === 'inventory' && <NodeInventory inventory={value.inventory} />}
      {node !== undefined && tab === 'manage' && isAdmin.value && <NodeManage node={node} />}
    </div>
  );
}
