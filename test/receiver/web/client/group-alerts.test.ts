import t from 'tap';
import type { Alert } from '../../../../receiver/web/client/src/data/contract.ts';
import { groupAlerts, patternOf } from '../../../../receiver/web/client/src/pages/alerts/group-alerts.ts';

function down(id: number, group?: number): Alert {
  return {
    ...{ id, key: `disconnect:${id}`, rule: 'disconnect', node: `${id}`, severity: 'critical' },
    ...{ title: `node ${id} is down`, sinceMs: id, ...(group !== undefined && { group }) },
  };
}

t.test('nodes that were lost together are one alert, and everything else stands alone', async (t) => {
  const full: Alert = {
    ...down(9),
    key: 'filesystem:9:/',
    rule: 'problem',
    severity: 'warning',
    title: 'full',
  };
  const groups = groupAlerts([full, down(1, 5), down(2, 5), down(3, 6), down(4), down(5, 5)]);
  t.strictSame(
    groups.map(({ title, alerts }) => [title, alerts.map(({ id }) => id)]),
    [
      ['node 4 is down', [4]],
      ['node 3 is down', [3]],
      ['3 nodes are down', [1, 2, 5]],
      ['full', [9]],
    ],
  );
  const [, , lost] = groups;
  t.equal(lost && patternOf(lost), 'disconnect:1, disconnect:2, disconnect:5');
});
