import t from 'tap';
import { cronRuns, nextRuns } from '../../../receiver/backup/cron-runs.ts';

function runsOf(expression: string, timeZone: string, from: string, count: number): readonly string[] {
  const runs = nextRuns(cronRuns(expression, timeZone), count, Date.parse(from));
  return runs.map((atMs) => new Date(atMs).toISOString().replace(':00.000Z', 'Z'));
}

t.test('cronRuns() takes day of the month and weekday as crontab(5) does', async (t) => {
  const from = '2026-01-01T00:00Z';
  t.strictSame(
    runsOf('0 0 13 * fri', 'UTC', from, 4),
    ['2026-01-02T00:00Z', '2026-01-09T00:00Z', '2026-01-13T00:00Z', '2026-01-16T00:00Z'],
    'both given: one is enough',
  );
  t.strictSame(
    runsOf('0 0 13 * *', 'UTC', from, 2),
    ['2026-01-13T00:00Z', '2026-02-13T00:00Z'],
    'the day of the month alone',
  );
  t.strictSame(
    runsOf('0 0 * * 7', 'UTC', from, 2),
    ['2026-01-04T00:00Z', '2026-01-11T00:00Z'],
    'the weekday alone; Sunday is 0 and 7',
  );
  t.strictSame(
    runsOf('0 0 */2 * mon', 'UTC', from, 3),
    ['2026-01-05T00:00Z', '2026-01-19T00:00Z', '2026-02-09T00:00Z'],
    'a field that begins with an asterisk counts as not given',
  );
  t.strictSame(runsOf('0 0 29 2 *', 'UTC', from, 2), ['2028-02-29T00:00Z', '2032-02-29T00:00Z']);
  t.strictSame(
    runsOf('0 0 L * 1#2', 'UTC', from, 3),
    ['2026-01-12T00:00Z', '2026-01-31T00:00Z', '2026-02-09T00:00Z'],
    'the last day of a month, and the second Monday',
  );
  t.strictSame(runsOf('0 0 * 2 1#5', 'UTC', from, 1), ['2044-02-29T00:00Z'], 'what comes once in 28 years');
});

t.test('cronRuns() knows the short forms', async (t) => {
  const from = '2026-01-01T00:00Z';
  for (const [short, first] of [
    ['@hourly', '2026-01-01T01:00Z'],
    ['@daily', '2026-01-02T00:00Z'],
    ['@midnight', '2026-01-02T00:00Z'],
    ['@weekly', '2026-01-04T00:00Z'],
    ['@monthly', '2026-02-01T00:00Z'],
    ['@Yearly', '2027-01-01T00:00Z'],
    ['@annually', '2027-01-01T00:00Z'],
  ] as const) {
    t.strictSame(runsOf(short, 'UTC', from, 1), [first], short);
  }
  t.throws(() => cronRuns('@reboot', 'UTC'));
  t.throws(() => cronRuns('61 * * * *', 'UTC'));
});

t.test('cronRuns() goes by the clocks of its time zone when these are changed', async (t) => {
  t.strictSame(
    runsOf('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00Z', 3),
    ['2026-03-28T01:30Z', '2026-03-29T01:30Z', '2026-03-30T00:30Z'],
    '2:30 is skipped on the 29th: it runs at 3:30',
  );
  t.strictSame(
    runsOf('0 2,3 * * *', 'Europe/Berlin', '2026-03-29T00:00Z', 2),
    ['2026-03-29T01:00Z', '2026-03-30T00:00Z'],
    '2:00 becomes 3:00, which is one run and not two',
  );
  t.strictSame(
    runsOf('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', 2),
    ['2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    '2:30 comes twice on the 25th: it runs the first time',
  );
  t.strictSame(
    runsOf('0 * * * *', 'Europe/Berlin', '2026-10-24T23:30Z', 4),
    ['2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25T02:00Z', '2026-10-25T03:00Z'],
    'every hour is every hour',
  );
  t.strictSame(runsOf('0 * * * *', 'Europe/Berlin', '2026-03-28T23:30Z', 3), [
    '2026-03-29T00:00Z',
    '2026-03-29T01:00Z',
    '2026-03-29T02:00Z',
  ]);
  t.strictSame(
    runsOf('30 0 * * *', 'America/Santiago', '2026-09-05T12:00Z', 2),
    ['2026-09-06T04:30Z', '2026-09-07T03:30Z'],
    'clocks are changed at midnight there',
  );
});
