import { useEffect } from 'preact/hooks';
import { getJson } from '../../data/api.ts';
import type { AlertsAnswer } from '../../data/contract.ts';
import { connections, onEvent } from '../../data/events.ts';
import { firingCount } from '../../data/firing.ts';
import { route } from '../../data/location.ts';
import { useResource } from '../../data/use-resource.ts';
import { Tabs } from '../../parts/tabs.tsx';
import { FiringList } from './firing-list.tsx';
import { groupAlerts } from './group-alerts.ts';
import { HistoryTable } from './history-table.tsx';
import { OutboxTable } from './outbox-table.tsx';
import { RulesTable } from './rules-table.tsx';
import { SilenceList } from './silence-list.tsx';

/** What is wrong, what was, who was told, and who shall not be. */
export function AlertsPage() {
  const tab = route.value.query['tab'] ?? 'firing';
  const { value, error, reload } = useResource<AlertsAnswer>(
    (signal) => getJson('/alerts?limit=200', signal),
    'alerts',
    [connections.value, firingCount.value],
  );
  useEffect(() => onEvent('alerts', reload), []);
  return (
    <div class="alerts-page">
      <h1>Alerts</h1>
      <Tabs
        page="alerts"
        here={tab}
        first="firing"
        tabs={[
          { tab: 'firing', title: 'Firing', count: value && groupAlerts(value.firing).length },
          { tab: 'history', title: 'History' },
          { tab: 'rules', title: 'Rules' },
          { tab: 'silences', title: 'Silences' },
          { tab: 'outbox', title: 'Outbox' },
        ]}
      />
      {error && <p class="problem">{error.message}</p>}
      {tab === 'firing' && value && <FiringList alerts={value.firing} onChange={reload} />}
      {tab === 'history' && value && <HistoryTable alerts={value.history} />}
      {tab === 'rules' && <RulesTable />}
      {tab === 'silences' && <SilenceList />}
      {tab === 'outbox' && <OutboxTable />}
    </div>
  );
}
