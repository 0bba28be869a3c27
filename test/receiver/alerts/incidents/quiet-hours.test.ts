import t from 'tap';
import { minuteOfDay, quietHoursClock } from '../../../../receiver/alerts/incidents/quiet-hours.ts';

const at = (text: string) => Date.parse(text);
const hours = (from: string, to: string, timeZone = 'Europe/Berlin') =>
  quietHoursClock({ fromMinute: minuteOfDay(from), toMinute: minuteOfDay(to), timeZone, severities: [] });

t.test('quiet hours go past midnight, in their own time zone', async (t) => {
  const isQuiet = hours('22:00', '07:00');
  t.equal(isQuiet(at('2026-11-20T20:59:59Z')), false);
  t.equal(isQuiet(at('2026-11-20T21:00:00Z')), true);
  t.equal(isQuiet(at('2026-11-20T23:30:00Z')), true, 'after midnight there');
  t.equal(isQuiet(at('2026-11-21T05:59:59Z')), true);
  t.equal(isQuiet(at('2026-11-21T06:00:00Z')), false);
  t.equal(isQuiet(at('2026-07-21T05:00:00Z')), false, 'in summer an hour earlier in UTC');
});

t.test('quiet hours within a day', async (t) => {
  const isQuiet = hours('12:00', '13:30', 'UTC');
  t.same(
    ['11:59', '12:00', '13:29', '13:30', '00:00'].map((time) => isQuiet(at(`2026-11-20T${time}:00Z`))),
    [false, true, true, false, false],
  );
});

t.test(
  'an hour that the clocks leave out or repeat keeps them from neither beginning nor ending',
  async (t) => {
    const spring = hours('02:30', '03:30');
    t.equal(spring(at('2026-03-29T00:59:00Z')), false, '01:59, the minute before 03:00');
    t.equal(spring(at('2026-03-29T01:00:00Z')), true, '03:00');
    t.equal(spring(at('2026-03-29T01:30:00Z')), false, '03:30');
  },
);
