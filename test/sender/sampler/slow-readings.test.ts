import t from 'tap';
import { slowReadings } from '../../../sender/sampler/slow-readings.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { until } from '../../helpers/until.ts';

function watch(read: (key: string) => Promise<number>, maxInFlight = 2) {
  const time = { ms: 0 };
  const clock = {
    ...fakeClock(),
    now: () => time.ms,
    monotonic: () => time.ms,
    sleep: () => Promise.resolve(),
  };
  return { time, readings: slowReadings({ read, everyMs: 10, maxAgeMs: 25, maxInFlight, clock }) };
}

await t.test('values are kept until they are too old', async (t) => {
  const { time, readings } = watch((key) => Promise.resolve(key.length));
  readings.setKeys(['a', 'bb']);
  readings.poll();
  await readings.settled();
  time.ms = 25;
  t.equal(readings.get('bb'), 2);
  time.ms = 26;
  t.equal(readings.get('bb'), undefined);
});

await t.test('things are read when they are due, not at every poll', async (t) => {
  const read: string[] = [];
  const { time, readings } = watch((key) => Promise.resolve(read.push(key)));
  readings.setKeys(['a']);
  for (time.ms = 0; time.ms < 30; time.ms++) {
    readings.poll();
    await readings.settled();
  }
  t.equal(read.length, 3);
});

await t.test('what hangs is not asked again, and no more than the limit is out', async (t) => {
  const read: string[] = [];
  const { time, readings } = watch((key) => {
    read.push(key);
    return key.startsWith('hang') ? new Promise(() => undefined) : Promise.resolve(1);
  });
  readings.setKeys(['hang1', 'a', 'b']);
  readings.poll();
  await until(() => readings.get('b'), { timeoutMs: 1000, what: 'the readings beside the one that hangs' });
  time.ms = 10;
  readings.setKeys(['hang1', 'hang2', 'a']);
  readings.poll();
  time.ms = 20;
  readings.poll();
  t.same(read, ['hang1', 'a', 'b', 'hang2'], 'with two out, nothing more is asked');
  t.equal(readings.get('b'), undefined, 'what is no longer there has no value');
});

await t.test('a reading that fails loses its value; a late one of something gone is dropped', async (t) => {
  let isBroken = false;
  let finish: (value: number) => void = () => undefined;
  const { time, readings } = watch((key) => {
    if (key === 'late') {
      return new Promise((resolve) => {
        finish = resolve;
      });
    }
    return isBroken ? Promise.reject(new Error('EIO')) : Promise.resolve(7);
  });
  readings.setKeys(['a', 'late']);
  readings.poll();
  await until(() => readings.get('a'), { timeoutMs: 1000, what: 'the first value' });
  isBroken = true;
  readings.setKeys(['a']);
  time.ms = 10;
  readings.poll();
  finish(3);
  await readings.settled();
  t.equal(readings.get('a'), undefined);
  t.equal(readings.get('late'), undefined);
});
