import t, { type Test } from 'tap';
import { startCronSchedule } from '../../../receiver/backup/cron-schedule.ts';
import { type FakeClock, fakeClock } from '../../helpers/fake-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const HALF_PAST = Date.UTC(2026, 0, 1, 12, 30);

/** An hourly schedule, begun at half past twelve, and what clocks showed at each of its runs. */
function hourly(t: Test, clock: FakeClock, duty: () => Promise<void> = async () => undefined) {
  const ran: string[] = [];
  const schedule = startCronSchedule({
    expression: '0 * * * *',
    timeZone: 'UTC',
    clock,
    async duty() {
      ran.push(new Date(clock.now()).toISOString().slice(0, 16));
      await duty();
    },
  });
  t.teardown(() => schedule[Symbol.dispose]());
  return { ran, schedule };
}

t.test('a schedule runs at its times', async (t) => {
  const clock = fakeClock(HALF_PAST);
  const { ran, schedule } = hourly(t, clock);
  await clock.advance(2 * HOUR_MS);
  t.strictSame(ran, ['2026-01-01T13:00', '2026-01-01T14:00']);
  t.strictSame(schedule.nextRuns(2, clock.now()), [HALF_PAST + 2.5 * HOUR_MS, HALF_PAST + 3.5 * HOUR_MS]);
  schedule[Symbol.dispose]();
  await clock.advance(2 * HOUR_MS);
  t.equal(ran.length, 2, 'not once it is disposed');
  t.strictSame(schedule.nextRuns(2, clock.now()), []);
  t.equal(clock.sleeping(), 0);
});

for (const [what, stepMs] of [
  ['a year', 365 * DAY_MS],
  ['an hour', HOUR_MS],
] as const) {
  t.test(`the clock jumps ${what} ahead and back: the schedule goes by what it shows`, async (t) => {
    const clock = fakeClock(HALF_PAST);
    const { ran } = hourly(t, clock);
    await clock.advance(MINUTE_MS);
    clock.set(clock.now() + stepMs);
    await clock.advance(MINUTE_MS);
    t.equal(ran.length, 1, 'what was passed over is made once, soon');
    await clock.advance(HOUR_MS);
    t.equal(ran.length, 2, 'and goes on hourly');
    clock.set(clock.now() - stepMs);
    await clock.advance(HOUR_MS);
    t.equal(ran.length, 3, 'as it does when the clock is back');
    await clock.advance(3 * HOUR_MS);
    t.equal(ran.length, 6);
  });
}

t.test('the clock is set back by a day: the schedule does not wait for it to come round', async (t) => {
  const clock = fakeClock(HALF_PAST);
  const { ran } = hourly(t, clock);
  await clock.advance(HOUR_MS);
  clock.set(clock.now() - DAY_MS);
  await clock.advance(2 * HOUR_MS);
  t.strictSame(ran, ['2026-01-01T13:00', '2025-12-31T14:00', '2025-12-31T15:00']);
});

t.test('the clock is set back a little after a run: it is not made twice', async (t) => {
  const clock = fakeClock(HALF_PAST);
  const { ran } = hourly(t, clock);
  await clock.advance(30 * MINUTE_MS);
  clock.set(clock.now() - 2000);
  await clock.advance(30 * MINUTE_MS);
  t.strictSame(ran, ['2026-01-01T13:00']);
});

t.test('what was due while a run was under way is left out', async (t) => {
  const clock = fakeClock(HALF_PAST);
  const { ran } = hourly(t, clock, () => clock.sleep(2.2 * HOUR_MS));
  await clock.advance(3.5 * HOUR_MS);
  t.strictSame(ran, ['2026-01-01T13:00', '2026-01-01T16:00']);
});
