import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { addValue, type Bucket, emptyBucket } from '../../../receiver/history/bucket.ts';
import { openHistoryStore } from '../../../receiver/history/history-store.ts';
import { MAX_SERIES } from '../../../receiver/history/layout.ts';
import { NodeHistory } from '../../../receiver/history/node-history.ts';
import { quantumOf } from '../../../receiver/history/quantum.ts';
import { TIERS, type Tier } from '../../../receiver/history/tiers.ts';
import { holds } from '../../helpers/holds.ts';

const SEED = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
const START_MS = Date.UTC(2026, 0, 2, 12);
/** One stored as a ratio, one as a number. */
const SERIES = ['cpu.used', 'net.rx'] as const;

interface Point {
  readonly atMs: number;
  readonly series: (typeof SERIES)[number];
  readonly value: number;
}

/** Clocks run, stand still, jump ahead over hours and back. */
const points = fc
  .array(
    fc.record({
      stepMs: fc.oneof(
        { weight: 20, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
        { weight: 3, arbitrary: fc.integer({ min: 20_000, max: 8 * 3_600_000 }) },
        { weight: 2, arbitrary: fc.integer({ min: -7_200_000, max: 0 }) },
      ),
      series: fc.constantFrom(...SERIES),
      value: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 300 },
  )
  .map((steps): readonly Point[] => {
    let atMs = START_MS;
    return steps.map(({ stepMs, series, value }) => {
      atMs += stepMs;
      return { atMs, series, value: series === 'net.rx' ? Math.round(value * 1e9) : value };
    });
  });

t.test(`any series of samples gives the buckets that a plain computation gives (seed ${SEED})`, async (t) => {
  const root = t.testdir();
  let run = 0;
  await holds(
    t,
    fc.property(points, fc.integer({ min: 1, max: 50 }), (samples, restartEvery) => {
      using store = openHistoryStore(join(root, `${++run}.db`));
      let history = new NodeHistory(store, 'seven');
      samples.forEach(({ atMs, series, value }, index) => {
        if (index % restartEvery === 0) {
          history.closeOpen();
          history.save();
          history = new NodeHistory(store, 'seven');
        }
        history.turnTo(atMs);
        history.add(series, value);
      });
      for (const tier of TIERS) compare(tier, history, samples);
    }),
    { seed: SEED, numRuns: 60 },
  );
});

t.test('what is open, stored alone or packed is found alike, and only once', async (t) => {
  using store = openHistoryStore(join(t.testdir(), 'history.db'));
  const history = new NodeHistory(store, 'seven');
  for (let second = 0; second < 4000; second++) {
    history.turnTo(START_MS + second * 1000);
    history.add('cpu.used', 0.5);
  }
  const first = START_MS / 10_000;
  const found = history.read(TIERS[0], first, first + 1000);
  t.strictSame(
    found.map(({ number }) => number - first),
    Array.from({ length: 400 }, (_, index) => index),
  );
  t.strictSame(new Set(found.map(({ bucket }) => bucket.count[0])), new Set([10]));
  t.ok(store.hasBlock(TIERS[0], history.id, Math.floor(first / 120)), 'the first were packed');
  t.equal(store.buckets(TIERS[0], history.id, first, first + 120).length, 0, 'and do not lie there twice');
});

t.test('a series that is gone for a whole block gives its column back', async (t) => {
  using store = openHistoryStore(join(t.testdir(), 'history.db'));
  const history = new NodeHistory(store, 'seven');
  history.turnTo(START_MS);
  history.add('fs.used:/mnt/stick', 1);
  for (let second = 0; second < 3600; second += 5) {
    history.turnTo(START_MS + second * 1000);
    history.add('cpu.used', 0.5);
  }
  t.strictSame(history.layout.names, ['cpu.used']);
  const [found] = history.read(TIERS[0], START_MS / 10_000, START_MS / 10_000 + 1);
  t.ok(found?.layout.names.includes('fs.used:/mnt/stick'), 'the past keeps it');
});

t.test('nodes with the same series share a layout, until one of them shows more', (t) => {
  using store = openHistoryStore(join(t.testdir(), 'history.db'));
  const [one, other] = [new NodeHistory(store, 'one'), new NodeHistory(store, 'other')];
  const give = (history: NodeHistory, second: number, names: readonly string[]) => {
    history.turnTo(START_MS + second * 1000);
    for (const name of names) history.add(name, second);
  };
  for (const history of [one, other])
    for (const second of [0, 10]) give(history, second, ['cpu.used', 'load.1']);
  t.equal(one.layout, other.layout, 'there is one for both');
  give(one, 20, ['load.1', 'temp.hottest', 'cpu.used']);
  t.strictSame(one.layout.names, ['cpu.used', 'load.1', 'temp.hottest']);
  t.strictSame(other.layout.names, ['cpu.used', 'load.1'], 'the other node does not see it');
  one.closeOpen();
  const [found] = one.read(TIERS[0], START_MS / 10_000 + 2, START_MS / 10_000 + 3);
  t.strictSame([...(found?.bucket.mean ?? [])], [20, 20, 20]);
  t.end();
});

t.test('a series for which there is no room is passed over', (t) => {
  using store = openHistoryStore(join(t.testdir(), 'history.db'));
  const history = new NodeHistory(store, 'seven');
  for (const second of [0, 10]) {
    history.turnTo(START_MS + second * 1000);
    for (let index = 0; index <= MAX_SERIES; index++) history.add(`temp:${index}`, 1);
  }
  t.equal(history.layout.size, MAX_SERIES);
  const { layout } = history;
  history.add('cpu.used', 1);
  t.equal(history.layout, layout, 'and nothing is copied for it');
  t.end();
});

t.test('what retention dropped does not change what was made of it', async (t) => {
  using store = openHistoryStore(join(t.testdir(), 'history.db'));
  const history = new NodeHistory(store, 'seven');
  for (let second = 0; second < 7000; second += 10) {
    history.turnTo(START_MS + second * 1000);
    history.add('cpu.used', 0.25);
  }
  history.settle();
  store.dropBefore(TIERS[0], Math.floor((START_MS + 86_400_000) / (TIERS[0].stepMs * TIERS[0].slots)));
  history.turnTo(START_MS + 86_400_000);
  history.add('cpu.used', 0.75);
  history.closeOpen();
  const hour = history.read(TIERS[1], START_MS / 60_000, START_MS / 60_000 + 120);
  t.equal(hour.length, 117);
  t.strictSame(new Set(hour.map(({ bucket }) => bucket.mean[0])), new Set([0.25]));
});

function compare(tier: Tier, history: NodeHistory, samples: readonly Point[]): void {
  const expected = plainly(tier, samples);
  const numbers = [...expected.keys()].sort((a, b) => a - b);
  const found = history.read(tier, numbers[0] ?? 0, (numbers.at(-1) ?? 0) + 1);
  if (found.map(({ number }) => number).join() !== numbers.join())
    throw new Error(`tier ${tier.index}: other buckets`);
  for (const { number, bucket, layout } of found) {
    SERIES.forEach((series, index) => {
      const column = layout.find(series) ?? -1;
      const wanted = expected.get(number);
      const label = `tier ${tier.index}, bucket ${number}, ${series}`;
      near(bucket.count[column] ?? 0, wanted?.count[index] ?? 0, 0, `${label}: count`);
      if ((bucket.count[column] ?? 0) === 0) return;
      const step = series === 'cpu.used' ? 0.0005 : 0.0005 * (wanted?.max[index] ?? 0);
      // Each tier rounds the mean once more; the least and the greatest are rounded once.
      near(bucket.mean[column] ?? 0, wanted?.mean[index] ?? 0, step * (tier.index + 1), `${label}: mean`);
      near(bucket.min[column] ?? 0, wanted?.min[index] ?? 0, step, `${label}: min`);
      near(bucket.max[column] ?? 0, wanted?.max[index] ?? 0, step, `${label}: max`);
    });
  }
}

function plainly(tier: Tier, samples: readonly Point[]): ReadonlyMap<number, Bucket> {
  const buckets = new Map<number, Bucket>();
  for (const { atMs, series, value } of samples) {
    const number = Math.floor(atMs / tier.stepMs);
    const bucket = buckets.get(number) ?? emptyBucket(SERIES.length);
    buckets.set(number, bucket);
    addValue(bucket, SERIES.indexOf(series), value);
  }
  return buckets;
}

function near(found: number, wanted: number, tolerance: number, what: string): void {
  if (Math.abs(found - wanted) > tolerance) throw new Error(`${what}: ${found} instead of ${wanted}`);
}

t.test('steps never fall as values rise, and stay within what is promised', async (t) => {
  await holds(
    t,
    fc.property(
      fc.constantFrom('cpu.used', 'net.rx'),
      fc.double({ min: -1e12, max: 1e12, noNaN: true }),
      fc.double({ min: -1e12, max: 1e12, noNaN: true }),
      (name, a, b) => {
        const quantum = quantumOf(name);
        const [low, high] = a < b ? [a, b] : [b, a];
        if (quantum.toSteps(low) > quantum.toSteps(high)) throw new Error('fell');
        if (name === 'net.rx') {
          const found = quantum.toValue(quantum.toSteps(a));
          if (Math.abs(a) > 1e-30) near(found, a, Math.abs(a) * 0.00025, 'float');
        }
      },
    ),
    { seed: SEED, numRuns: 2000 },
  );
});
