import t from 'tap';
import { formatDuration, formatMoment } from '../../../shared/time/format-time.ts';

t.test('formatDuration() names the two largest units', async (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [-5_000, '0 s'],
    [0, '0 s'],
    [499, '0 s'],
    [12_000, '12 s'],
    [252_000, '4 min 12 s'],
    [240_000, '4 min'],
    [3_600_000, '1 h'],
    [7_265_000, '2 h 1 min'],
    [93_600_000, '1 d 2 h'],
  ];
  for (const [ms, expected] of cases) t.equal(formatDuration(ms), expected);
});

t.test('formatMoment() gives local time and UTC', async (t) => {
  const atMs = Date.UTC(2026, 10, 20, 22, 0, 5);
  t.equal(formatMoment(atMs, 'Europe/Berlin'), '2026-11-20 23:00:05 CET (22:00:05 UTC)');
  t.equal(formatMoment(atMs, 'UTC'), '2026-11-20 22:00:05 UTC', 'once where they are the same');
  t.equal(
    formatMoment(atMs, 'Asia/Tokyo'),
    '2026-11-21 07:00:05 GMT+9 (2026-11-20 22:00:05 UTC)',
    'with the date where that differs',
  );
});
