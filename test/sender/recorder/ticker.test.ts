import t from 'tap';
import { startTicker, type Ticker } from '../../../sender/recorder/ticker.ts';
import { type FakeClock, fakeClock } from '../../helpers/fake-clock.ts';

interface Beat extends Disposable {
  readonly clock: FakeClock;
  readonly ticker: Ticker;
  /** When it ticked, ms since the start. */
  readonly ticks: readonly number[];
  readonly errors: readonly unknown[];
}

/** @param work what a tick does, besides being noted: says how long it takes, ms */
function beat(intervalMs: number, work?: (count: number) => number): Beat {
  const clock = fakeClock();
  const ticks: number[] = [];
  const errors: unknown[] = [];
  /** Nobody moves the clock while a tick works, so what that took is added. */
  let workedMs = 0;
  const monotonic = () => clock.monotonic() + workedMs;
  const ticker = startTicker({
    intervalMs,
    clock: { ...clock, monotonic },
    onTick() {
      ticks.push(monotonic());
      workedMs += work?.(ticks.length) ?? 0;
    },
    onError: (error) => errors.push(error),
  });
  return { clock, ticker, ticks, errors, [Symbol.dispose]: () => ticker[Symbol.dispose]() };
}

t.test('startTicker() ticks at once and then at the interval', async (t) => {
  using it = beat(1000);
  t.strictSame(it.ticks, [0]);
  await it.clock.advance(999);
  t.strictSame(it.ticks, [0]);
  await it.clock.advance(2001);
  t.strictSame(it.ticks, [0, 1000, 2000, 3000]);
});

t.test('startTicker(): work of any length below the interval does not shift the beat', async (t) => {
  using it = beat(1000, (count) => count * 7);
  while (it.ticks.length < 100) await it.clock.advance(1000);
  t.strictSame(
    it.ticks.slice(0, 100),
    Array.from({ length: 100 }, (_, n) => n * 1000),
  );
});

t.test('startTicker(): what is due while a tick works is left out', async (t) => {
  using it = beat(1000, (count) => (count === 2 ? 3300 : 10));
  await it.clock.advance(3700);
  t.strictSame(it.ticks, [0, 1000, 5000, 6000, 7000]);
});

for (const [name, from, to, next] of [
  ['shorter', 10_000, 3000, [0, 5000, 6000, 9000]],
  ['so short that the next is over already', 60_000, 2000, [0, 5000, 6000, 8000, 10_000]],
  ['longer', 10_000, 12_000, [0, 12_000, 24_000]],
] as const) {
  t.test(`setInterval() works at once: ${name}`, async (t) => {
    using it = beat(from);
    await it.clock.advance(5000);
    it.ticker.setInterval(to);
    await it.clock.advance((next.at(-1) ?? 0) - 5000);
    t.strictSame(it.ticks, next);
  });
}

for (const [from, to, next] of [
  [1000, 10_000, [0, 1000, 11_000, 21_000]],
  [10_000, 3000, [0, 10_000, 13_000, 16_000]],
  [1000, 3_600_000, [0, 1000, 3_601_000]],
] as const) {
  t.test(`setInterval() from ${from} to ${to} by a tick: the next comes that long after it`, async (t) => {
    const it = beat(from, (count) => {
      if (count === 2) it.ticker.setInterval(to);
      return 0;
    });
    using _ = it;
    await it.clock.advance(next.at(-1) ?? 0);
    t.strictSame(it.ticks, next);
  });
}

t.test('setInterval() to what it is already changes nothing', async (t) => {
  using it = beat(1000);
  await it.clock.advance(500);
  it.ticker.setInterval(1000);
  await it.clock.advance(1500);
  t.strictSame(it.ticks, [0, 1000, 2000]);
});

t.test('startTicker() tells of what failed and goes on', async (t) => {
  const failure = new Error('no /proc here');
  using it = beat(1000, (count) => {
    if (count === 2) throw failure;
    return 0;
  });
  await it.clock.advance(2000);
  t.strictSame(it.ticks, [0, 1000, 2000]);
  t.strictSame(it.errors, [failure]);
});

t.test('startTicker(): an alarm that rings too early is set again', async (t) => {
  const clock = fakeClock();
  const ticks: number[] = [];
  const alarm: typeof clock.alarm = (onRing) => {
    const { set, clear } = clock.alarm(onRing);
    return { set: (ms) => set(ms > 10 ? ms - 3 : ms), clear };
  };
  using _ = startTicker({
    intervalMs: 1000,
    clock: { ...clock, alarm },
    onTick: () => ticks.push(clock.monotonic()),
    onError: (error) => t.error(error),
  });
  await clock.advance(2000);
  t.strictSame(ticks, [0, 1000, 2000]);
});

t.test('disposing ends the beat, also by a tick', async (t) => {
  const [idle, working] = [beat(1000), beat(1000, (count) => (count === 2 ? stop() : 0))];
  function stop(): number {
    working.ticker[Symbol.dispose]();
    return 0;
  }
  idle.ticker[Symbol.dispose]();
  for (const it of [idle, working]) {
    await it.clock.advance(5000);
    t.equal(it.clock.sleeping(), 0);
  }
  t.strictSame([idle.ticks, working.ticks], [[0], [0, 1000]]);
});
