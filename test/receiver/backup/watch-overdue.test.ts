import t, { type Test } from 'tap';
import { cronRuns, nextRuns } from '../../../receiver/backup/cron-runs.ts';
import { type OverdueOptions, watchOverdue } from '../../../receiver/backup/watch-overdue.ts';
import { type FakeClock, fakeClock } from '../../helpers/fake-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const HALF_PAST = Date.UTC(2026, 0, 1, 12, 30);

/** A watch over an hourly schedule, begun at half past twelve, and the ages that it told, in hours. */
function watched(t: Test, clock: FakeClock, options: Partial<OverdueOptions> = {}) {
  const hourly = cronRuns('0 * * * *', 'UTC');
  const told: number[] = [];
  const watch = watchOverdue({
    clock,
    ageMs: 0,
    nextRuns: (count, atMs) => nextRuns(hourly, count, atMs),
    runningSinceMs: () => undefined,
    isFailing: () => false,
    onOverdue: (ageMs) => told.push(ageMs / HOUR_MS),
    onError: (error) => t.fail('a look failed', { error }),
    ...options,
  });
  t.teardown(() => watch[Symbol.asyncDispose]());
  return { watch, told };
}

t.test('it tells when two runs were due and none has succeeded, once until one does', async (t) => {
  const clock = fakeClock(HALF_PAST);
  const { watch, told } = watched(t, clock);
  await clock.advance(95 * MINUTE_MS);
  t.strictSame(told, [], 'the second run, at 14:00, may take a while');
  await clock.advance(5 * HOUR_MS);
  t.match(told, [1.6], 'not again and again');
  watch.succeeded();
  await clock.advance(HOUR_MS);
  t.equal(told.length, 1);
  await clock.advance(2 * HOUR_MS);
  t.equal(told.length, 2);
});

t.test('where the clock on the wall is set does not matter', async (t) => {
  const clock = fakeClock(HALF_PAST);
  const { watch, told } = watched(t, clock);
  clock.set(HALF_PAST + 365 * 24 * HOUR_MS);
  await clock.advance(HOUR_MS);
  t.strictSame(told, [], 'a year ahead');
  watch.succeeded();
  clock.set(HALF_PAST);
  await clock.advance(HOUR_MS);
  t.strictSame(told, []);
  await clock.advance(1.5 * HOUR_MS);
  t.equal(told.length, 1, 'set back, and still it is told in time');
});

t.test('a start, a run under way and a failure that is known have their time', async (t) => {
  const clock = fakeClock(HALF_PAST);
  const { told } = watched(t, clock, { ageMs: 5 * HOUR_MS });
  await clock.advance(9 * MINUTE_MS);
  t.strictSame(told, [], 'a start makes a run');
  await clock.advance(5 * MINUTE_MS);
  t.equal(told.length, 1, 'what was so before the start counts');

  let runningSinceMs: number | undefined = clock.monotonic();
  let isFailing = false;
  const other = watched(t, clock, { runningSinceMs: () => runningSinceMs, isFailing: () => isFailing });
  await clock.advance(HOUR_MS);
  runningSinceMs = clock.monotonic();
  await clock.advance(HOUR_MS);
  t.strictSame(other.told, [], 'a long run');
  isFailing = true;
  await clock.advance(3 * HOUR_MS);
  t.strictSame(other.told, [], 'a run that fails is told by itself');
  isFailing = false;
  await clock.advance(MINUTE_MS);
  t.equal(other.told.length, 1, 'a run that never ends is told');
});
