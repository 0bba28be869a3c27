import t from 'tap';
import { renderNextRuns } from '../../../receiver/commands/render-mirror.ts';

t.test('renderNextRuns() names each run in local time with its zone, and in UTC', async (t) => {
  const nextRunsAtMs = [Date.UTC(2026, 0, 5, 2), Date.UTC(2026, 0, 12, 2)];
  t.strictSame(renderNextRuns({ nextRunsAtMs }, 'Europe/Berlin'), [
    ['next runs', '2026-01-05 03:00:00 CET (02:00:00 UTC)'],
    ['', '2026-01-12 03:00:00 CET (02:00:00 UTC)'],
  ]);
  t.match(renderNextRuns({ nextRunsAtMs: [] }), [['next run', /none/]]);
});
