import t from 'tap';
import { every } from '../../../shared/time/every.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

const NOON = Date.UTC(2026, 0, 1, 12);

t.test('every() runs the duty after each interval, the first time too', async (t) => {
  const clock = fakeClock(NOON);
  const runs: number[] = [];
  await using _ = every(async () => void runs.push(clock.now() - NOON), {
    intervalMs: 1000,
    onError: (error) => t.error(error),
    clock,
  });
  await clock.advance(3500);
  t.strictSame(runs, [1000, 2000, 3000]);
});

t.test('every() counts the pause from the end of a run, and never runs twice at once', async (t) => {
  const clock = fakeClock(NOON);
  const runs: number[] = [];
  const duty = async () => {
    runs.push(clock.now() - NOON);
    await clock.sleep(5000);
  };
  const task = every(duty, { intervalMs: 1000, onError: (error) => t.error(error), clock });
  await clock.advance(1500);
  t.match(
    task.state(),
    { startedAtMs: NOON + 1000, tookMs: undefined, reason: 'interval' },
    'a run is under way',
  );
  await clock.advance(6000);
  t.strictSame(runs, [1000, 7000]);
  await clock.advance(5000);
  t.equal(task.state().tookMs, 5000);
  await task[Symbol.asyncDispose]();
});

t.test('every() runs at once when triggered, and once for several triggers', async (t) => {
  const clock = fakeClock(NOON);
  let runs = 0;
  await using task = every(
    async () => {
      runs += 1;
      await clock.sleep(100);
    },
    { intervalMs: 60_000, onError: (error) => t.error(error), clock },
  );
  task.trigger();
  task.trigger();
  await clock.advance(50);
  t.equal(runs, 1);
  t.equal(task.state().reason, 'triggered');

  task.trigger();
  task.trigger();
  t.equal(runs, 1, 'what is triggered during a run waits for its end');
  await clock.advance(60);
  t.equal(runs, 2);

  await clock.advance(60_000);
  t.equal(runs, 2, 'the pause begins anew');
  await clock.advance(200);
  t.equal(runs, 3);
  t.equal(task.state().reason, 'interval');
});

t.test('every() tells of a failed run and goes on', async (t) => {
  const clock = fakeClock(NOON);
  const errors: unknown[] = [];
  let runs = 0;
  const duty = async () => {
    runs += 1;
    if (runs === 1) throw new Error('drive missing', { cause: new Error('ENOENT') });
  };
  await using task = every(duty, { intervalMs: 1000, onError: (error) => errors.push(error), clock });
  await clock.advance(1000);
  t.match(errors, [{ message: 'drive missing' }]);
  t.equal(task.state().error, 'drive missing: ENOENT');
  await clock.advance(1000);
  t.equal(task.state().error, undefined, 'a good run clears it');
});

t.test('disposing of every() ends a pause at once, waits for a run, and tells the run to end', async (t) => {
  const clock = fakeClock(NOON);
  const idle = every(async () => void t.fail('must not run'), {
    intervalMs: 1000,
    onError: (error) => t.error(error),
    clock,
  });
  await idle[Symbol.asyncDispose]();
  t.equal(clock.sleeping(), 0);
  idle.trigger();
  await clock.advance(5000);

  const steps: string[] = [];
  const duty = async (signal: AbortSignal) => {
    steps.push('begun');
    await clock.sleep(60_000, signal).catch(() => steps.push('told'));
    await clock.sleep(10);
    steps.push('ended');
    throw new Error('not a failure, since it was told to end');
  };
  const busy = every(duty, { intervalMs: 1000, onError: (error) => t.error(error), clock });
  await clock.advance(1500);
  const disposed = busy[Symbol.asyncDispose]().then(() => steps.push('disposed'));
  await clock.advance(100);
  await disposed;
  await busy[Symbol.asyncDispose]();
  t.strictSame(steps, ['begun', 'told', 'ended', 'disposed']);
});
