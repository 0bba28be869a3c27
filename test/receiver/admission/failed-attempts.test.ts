import t from 'tap';
import { FailedAttempts } from '../../../receiver/admission/failed-attempts.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

const HOUR_MS = 3_600_000;

t.test(
  'each failed attempt of an address waits longer, up to half a minute; others do not wait for it',
  async (t) => {
    const failures = new FailedAttempts({ clock: fakeClock(), alarmAt: 1000, onAlarm: () => undefined });
    const waits = Array.from({ length: 9 }, () => failures.failed('10.0.0.1'));
    t.strictSame(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    t.equal(failures.failed('10.0.0.2'), 500);
  },
);

t.test('somebody is told once when an address has failed too often within an hour', async (t) => {
  const clock = fakeClock();
  const alarms: string[] = [];
  const onAlarm = (address: string, attempts: number) => void alarms.push(`${address} ${attempts}`);
  const failures = new FailedAttempts({ clock, alarmAt: 3, onAlarm });
  failures.failed('a');
  failures.failed('a');
  await clock.advance(HOUR_MS);
  failures.failed('a');
  t.strictSame(alarms, [], 'an hour later it begins anew');
  failures.failed('a');
  failures.failed('a');
  failures.failed('a');
  t.strictSame(alarms, ['a 3']);
});

t.test('a flood from many addresses takes no more than a bounded memory', async (t) => {
  const clock = fakeClock();
  let alarms = 0;
  const onAlarm = () => {
    alarms += 1;
  };
  const failures = new FailedAttempts({ clock, alarmAt: 2, onAlarm });
  for (let index = 0; index < 20_000; index++) failures.failed(`address ${index}`);
  failures.failed('address 0');
  t.equal(alarms, 0, 'the oldest are forgotten');
  failures.failed('address 19999');
  t.equal(alarms, 1, 'the newest are not');
});
