import t from 'tap';
import { describeIncident, isCurrent } from '../../../receiver/alerts/describe-incident.ts';
import {
  beginIncident,
  endIncident,
  eventIncident,
  type IncidentFacts,
} from '../../../receiver/alerts/incidents/life-cycle.ts';
import { renderAlerts } from '../../../receiver/commands/render-alerts.ts';

const AT_MS = Date.parse('2026-11-20T12:00:00.000Z');
const HOUR_MS = 3_600_000;
const FACTS: IncidentFacts = {
  key: 'file-changed:7',
  rule: 'problem',
  node: undefined,
  severity: 'critical',
  title: 'Something changed a file',
  detail: '',
  to: undefined,
};
const FLAPPING = { times: 4, windowMs: HOUR_MS, quietMs: HOUR_MS };

t.test('a single event is listed for a day, before and after it was told', async (t) => {
  const event = { ...eventIncident(FACTS, AT_MS), id: 1 };
  for (const incident of [event, endIncident(event)]) {
    const alert = describeIncident({ ...incident, id: 1 });
    t.equal(alert.state, 'happened');
    t.ok(isCurrent(alert, AT_MS + 23 * HOUR_MS));
    t.notOk(isCurrent(alert, AT_MS + 25 * HOUR_MS));
    const text = renderAlerts([alert], AT_MS + HOUR_MS);
    t.match(text, /^nothing is wrong now; what happened:\n/);
    t.match(text, /happened .*Something changed a file/);
  }
});

t.test('what lasts is listed until it is over', async (t) => {
  const firing = { ...beginIncident(FACTS, AT_MS, undefined, FLAPPING), id: 1 };
  const alert = describeIncident(firing);
  t.equal(alert.state, 'firing');
  t.ok(isCurrent(alert, AT_MS + 1000 * HOUR_MS));
  t.notMatch(renderAlerts([alert], AT_MS), /nothing is wrong/);
  const over = describeIncident({ ...endIncident(firing), id: 1 });
  t.equal(over.state, 'over');
  t.notOk(isCurrent(over, AT_MS));
});
