import { getEventListeners } from 'node:events';
import t from 'tap';
import { systemClock } from '../../../shared/time/clock.ts';
import { Wake } from '../../../shared/time/wake.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

t.test('systemClock.sleep() takes the time it says', async (t) => {
  const began = systemClock.monotonic();
  await systemClock.sleep(30);
  t.ok(systemClock.monotonic() - began >= 29);
});

t.test('systemClock.sleep() ends with the reason of the signal and leaves nothing behind', async (t) => {
  const stop = new AbortController();
  const sleeping = systemClock.sleep(60_000, stop.signal);
  stop.abort(new Error('enough'));
  await t.rejects(sleeping, { message: 'enough' });
  await t.rejects(systemClock.sleep(0, stop.signal), { message: 'enough' }, 'also when aborted before');
  t.strictSame(getEventListeners(stop.signal, 'abort'), []);
  t.notOk(process.getActiveResourcesInfo().includes('Timeout'), 'no timer keeps the process alive');
});

t.test('systemClock.sleep() removes its listener when it ends by itself', async (t) => {
  const stop = new AbortController();
  await systemClock.sleep(1, stop.signal);
  t.strictSame(getEventListeners(stop.signal, 'abort'), []);
});

t.test('systemClock.sleep() of a month does not end at once, as the timers of Node.js do', async (t) => {
  const stop = new AbortController();
  const month = systemClock.sleep(31 * 86_400_000, stop.signal).then(
    () => 'slept',
    () => 'aborted',
  );
  await systemClock.sleep(30);
  stop.abort();
  t.equal(await month, 'aborted');
});

t.test('systemClock.alarm() rings once each time that it is set, when it was set to last', async (t) => {
  const rung = new Wake();
  let rings = 0;
  const alarm = systemClock.alarm(() => {
    rings += 1;
    rung.wake();
  });
  const began = systemClock.monotonic();
  alarm.set(60_000);
  alarm.set(30);
  await rung.sleep();
  t.ok(systemClock.monotonic() - began >= 29);
  alarm.set(1);
  await rung.sleep();
  t.equal(rings, 2);
});

t.test('systemClock.alarm() that is cleared does not ring, nor keep the process alive', async (t) => {
  const alarm = systemClock.alarm(() => t.fail('it was cleared'));
  alarm.clear();
  alarm.set(1);
  alarm.clear();
  t.notOk(process.getActiveResourcesInfo().includes('Timeout'));
  await systemClock.sleep(30);
});

t.test('systemClock.alarm() of a month does not ring at once, as the timers of Node.js do', async (t) => {
  const alarm = systemClock.alarm(() => t.fail('a month is not over'));
  alarm.set(31 * 86_400_000);
  await systemClock.sleep(30);
  alarm.clear();
  t.notOk(process.getActiveResourcesInfo().includes('Timeout'));
});

for (const [name, clock] of Object.entries({ systemClock, fakeClock: fakeClock() })) {
  t.test(`${name}: a signal that is aborted already leaves nobody sleeping`, async (t) => {
    await t.rejects(clock.sleep(1000, AbortSignal.abort(new Error('gone'))), { message: 'gone' });
  });
}
