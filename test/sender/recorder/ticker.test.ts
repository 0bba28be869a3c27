import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { startTicker, type Ticker } from '../../../sender/recorder/ticker.ts';
import { type FakeClock, fakeClock } from '../../helpers/fake-clock.ts';

interface Beat extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly ticker: Ticker;
  /** When it ticked, ms since the start. */
  readonly ticks: readonly number[];
  readonly errors: readonly unknown[];
  /** How many ticks were at work at once, at most. */
  readonly most: () => number;
}

/** @param work what a tick does, besides being noted */
function beat(intervalMs: number, work?: (clock: FakeClock, count: number) => Promise<void>): Beat {
  const clock = fakeClock();
  const ticks: number[] = [];
  const errors: unknown[] = [];
  let [working, most] = [0, 0];
  const ticker = startTicker({
    intervalMs,
    clock,
    async onTick() {
      ticks.push(clock.monotonic());
      most = Math.max(most, ++working);
      try {
        await work?.(clock, ticks.length);
      } finally {
        working--;
      }
    },
    onError: (error) => errors.push(error),
  });
  return {
    clock,
    ticker,
    ticks,
    errors,
    most: () => most,
    async [Symbol.asyncDispose]() {
      const disposed = ticker[Symbol.asyncDispose]();
      // The work under way sleeps on a clock that nobody else moves.
      await clock.advance(10_000);
      await disposed;
    },
  };
}

t.test('startTicker() ticks at once and then at the interval', async (t) => {
  await using it = beat(1000);
  t.strictSame(it.ticks, [0]);
  await it.clock.advance(999);
  t.strictSame(it.ticks, [0]);
  await it.clock.advance(2001);
  t.strictSame(it.ticks, [0, 1000, 2000, 3000]);
});

t.test('startTicker(): work of any length below the interval does not shift the beat', async (t) => {
  await using it = beat(1000, (clock, count) => clock.sleep(count * 7));
  await it.clock.advance(100_000);
  t.strictSame(
    it.ticks,
    Array.from({ length: 101 }, (_, n) => n * 1000),
  );
});

t.test('startTicker(): slow work never overlaps, and what was due meanwhile is left out', async (t) => {
  await using it = beat(1000, (clock, count) => clock.sleep(count === 2 ? 3300 : 10));
  await it.clock.advance(7000);
  t.strictSame(it.ticks, [0, 1000, 5000, 6000, 7000]);
  t.equal(it.most(), 1);
});

for (const [name, from, to, next] of [
  ['shorter', 10_000, 3000, [0, 5000, 6000, 9000]],
  ['so short that the next is over already', 60_000, 2000, [0, 5000, 6000, 8000, 10_000]],
  ['longer', 10_000, 12_000, [0, 12_000, 24_000]],
] as const) {
  t.test(`setInterval() works at once: ${name}`, async (t) => {
    await using it = beat(from);
    await it.clock.advance(5000);
    it.ticker.setInterval(to);
    await turn();
    await it.clock.advance((next.at(-1) ?? 0) - 5000);
    t.strictSame(it.ticks, next);
  });
}

for (const [from, to] of [
  [1000, 10_000],
  [10_000, 3000],
  [1000, 3_600_000],
] as const) {
  t.test(
    `setInterval() from ${from} to ${to} while a tick works: the next comes that long after it`,
    async (t) => {
      await using it = beat(from, (clock) => clock.sleep(100));
      await it.clock.advance(50);
      it.ticker.setInterval(to);
      await it.clock.advance(2 * to);
      t.strictSame(it.ticks, [0, to, 2 * to]);
    },
  );
}

t.test('setInterval() to what it is already changes nothing', async (t) => {
  await using it = beat(1000);
  await it.clock.advance(500);
  it.ticker.setInterval(1000);
  await it.clock.advance(1500);
  t.strictSame(it.ticks, [0, 1000, 2000]);
});

t.test('startTicker() tells of what failed and goes on', async (t) => {
  const failure = new Error('no /proc here');
  await using it = beat(1000, async (_, count) => {
    if (count === 2) throw failure;
  });
  await it.clock.advance(2000);
  t.strictSame(it.ticks, [0, 1000, 2000]);
  t.strictSame(it.errors, [failure]);
});

t.test('disposing waits for the tick under way, and leaves nobody sleeping', async (t) => {
  const it = beat(1000, (clock) => clock.sleep(100));
  let isOver = false;
  const disposed = it.ticker[Symbol.asyncDispose]().then(() => {
    isOver = true;
  });
  await turn();
  t.equal(isOver, false);
  await it.clock.advance(100);
  await disposed;
  await it.clock.advance(5000);
  t.strictSame([it.ticks, it.clock.sleeping()], [[0], 0]);
});
