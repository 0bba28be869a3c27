import t from 'tap';
import { formatTicks } from '../../../../receiver/web/client/src/graphs/time-ticks.ts';
import {
  formatDateTime,
  formatMoment,
  formatRange,
} from '../../../../receiver/web/client/src/text/format-time.ts';

/** In the time zone of the reader, whichever that is here. */
const at = (year: number, month: number, day: number, hour = 0, minute = 0, second = 0) =>
  new Date(year, month, day, hour, minute, second).getTime();
const NOON = at(2026, 10, 21, 12, 0, 0);

t.test('a moment is as short as it can be without being unclear', async (t) => {
  t.equal(formatMoment(at(2026, 10, 21, 9, 5, 7), NOON), '09:05:07');
  t.equal(formatMoment(at(2026, 10, 20, 9, 5, 7), NOON), '11-20 09:05');
  t.equal(formatMoment(at(2025, 10, 20, 9, 5, 7), NOON), '2025-11-20 09:05');
  t.equal(formatDateTime(NOON), '2026-11-21 12:00:00');
});

t.test('a range names the day once where it is one day, and no times where it is months', async (t) => {
  t.equal(formatRange(NOON, at(2026, 10, 21, 13, 0, 0)), '2026-11-21 12:00:00 – 13:00:00');
  t.equal(formatRange(at(2026, 10, 20, 23), NOON), '2026-11-20 23:00:00 – 2026-11-21 12:00:00');
  t.equal(formatRange(at(2021, 10, 20), NOON), '2021-11-20 – 2026-11-21');
});

t.test('ticks say no more than their distance needs, and the day where it begins', async (t) => {
  t.strictSame(formatTicks([at(2026, 10, 21, 12, 0, 0), at(2026, 10, 21, 12, 0, 30)]), [
    '12:00:00',
    '12:00:30',
  ]);
  t.strictSame(formatTicks([at(2026, 10, 20, 18), at(2026, 10, 21, 0), at(2026, 10, 21, 6)]), [
    '18:00',
    '21 Nov',
    '06:00',
  ]);
  t.strictSame(formatTicks([at(2026, 10, 20), at(2026, 10, 22)]), ['20 Nov', '22 Nov']);
  t.strictSame(formatTicks([at(2026, 0, 1), at(2026, 2, 1)]), ['Jan 2026', 'Mar 2026']);
});
