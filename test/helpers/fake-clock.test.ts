import t from 'tap';
import { fakeClock } from './fake-clock.ts';

t.test('advance() wakes sleepers when they are due, each at its own moment', async (t) => {
  const clock = fakeClock(1000);
  const woken: string[] = [];
  const sleeper = async (name: string, ms: number) => {
    await clock.sleep(ms);
    woken.push(`${name} at ${clock.now()}`);
  };
  const all = [sleeper('late', 30), sleeper('early', 10), sleeper('never', 500)];
  await clock.advance(100);
  t.strictSame(woken, ['early at 1010', 'late at 1030']);
  t.equal(clock.now(), 1100);
  t.equal(clock.sleeping(), 1);
  await clock.advance(400);
  await Promise.all(all);
  t.equal(woken.at(-1), 'never at 1500');
});

t.test('advance() lets a loop go to sleep again, as often as time allows', async (t) => {
  const clock = fakeClock();
  const stop = new AbortController();
  let rounds = 0;
  const loop = (async () => {
    for (;;) {
      await clock.sleep(10, stop.signal);
      rounds += 1;
    }
  })();
  await clock.advance(100);
  t.equal(rounds, 10);
  stop.abort(new Error('done'));
  await t.rejects(loop, { message: 'done' });
  t.equal(clock.sleeping(), 0);
});

t.test('advance() says when somebody sleeps no time at all, again and again', async (t) => {
  const clock = fakeClock();
  const stop = new AbortController();
  const loop = (async () => {
    while (!stop.signal.aborted) await clock.sleep(0);
  })();
  await t.rejects(clock.advance(1), /sleeps 0 ms in a loop/);
  stop.abort();
  await clock.advance(0);
  await loop;
});

t.test('suspend() moves the clock on the wall and the uptime', async (t) => {
  const clock = fakeClock(1000);
  await clock.advance(50);
  clock.suspend(5000);
  t.strictSame([clock.now(), clock.uptime(), clock.monotonic()], [6050, 5050, 50]);
});

t.test('set() moves the clock on the wall only', async (t) => {
  const clock = fakeClock(1000);
  await clock.advance(50);
  clock.set(500_000);
  t.equal(clock.now(), 500_000);
  t.strictSame([clock.uptime(), clock.monotonic()], [50, 50]);
});
