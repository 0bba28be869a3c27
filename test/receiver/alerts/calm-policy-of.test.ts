import t from 'tap';
import { calmPolicyOf } from '../../../receiver/alerts/calm-policy-of.ts';
import { CALM_POLICY } from '../../../receiver/alerts/incidents/calm-policy.ts';
import { loadConfig } from '../../../shared/config/load.ts';

t.test('the defaults of the configuration are those of the policy', async (t) => {
  const { config } = await loadConfig({ cwd: t.testdir() });
  t.same(calmPolicyOf(config.alerts), { ...CALM_POLICY, quietHours: undefined });
});

t.test('quiet hours and reminders come from the configuration', async (t) => {
  const cwd = t.testdir({
    'config.json': JSON.stringify({
      alerts: {
        quiet_hours: { from: '22:30', to: '06:05', time_zone: 'Europe/Berlin', severities: ['info'] },
        severities: { warning: { reminder_hours: [1, 2.5], send_recovery: false, gather_seconds: 10 } },
        flapping: { times: 7, window_minutes: 10, quiet_minutes: 5 },
      },
    }),
  });
  const { config } = await loadConfig({ cwd, path: 'config.json' });
  t.match(calmPolicyOf(config.alerts), {
    quietHours: { fromMinute: 1350, toMinute: 365, timeZone: 'Europe/Berlin', severities: ['info'] },
    severities: { warning: { remindersMs: [3_600_000, 9_000_000], isRecoverySent: false, gatherMs: 10_000 } },
    flapping: { times: 7, windowMs: 600_000, quietMs: 300_000 },
  });
});
