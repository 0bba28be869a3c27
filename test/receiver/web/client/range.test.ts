import fc from 'fast-check';
import t from 'tap';
import {
  fixed,
  PRESETS,
  type Range,
  readRange,
  refreshMs,
  shift,
  windowOf,
  writeRange,
  zoom,
} from '../../../../receiver/web/client/src/graphs/range.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

const ranges: fc.Arbitrary<Range> = fc.oneof(
  fc.integer({ min: 10, max: 5 * 365 * 86_400 }).map((s): Range => ({ kind: 'last', spanMs: s * 1000 })),
  fc
    .tuple(
      fc.integer({ min: NOW_MS - 5 * YEAR_MS, max: NOW_MS - 20_000 }),
      fc.integer({ min: 10_000, max: YEAR_MS }),
    )
    .map(([fromMs, spanMs]) => fixed(fromMs, fromMs + spanMs)),
);

t.test('a range that is written to an address is read as the same', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(ranges, (range) => {
        const query = Object.fromEntries(
          Object.entries(writeRange(range)).filter(
            (entry): entry is [string, string] => entry[1] !== undefined,
          ),
        );
        const read = windowOf(readRange(query), NOW_MS);
        const wanted = windowOf(range, NOW_MS);
        return Math.abs(read.fromMs - wanted.fromMs) <= 1 && Math.abs(read.toMs - wanted.toMs) <= 1;
      }),
    ),
  );
});

t.test('an address that means nothing is the last hour', async (t) => {
  for (const query of [{}, { last: 'x' }, { last: '-5' }, { from: '9', to: '3' }, { from: 'a', to: 'b' }]) {
    t.strictSame(readRange(query as Record<string, string>), { kind: 'last', spanMs: HOUR_MS });
  }
});

t.test('no way leads to less than ten seconds, more than five years, or beyond now', async (t) => {
  const steps = fc.array(fc.constantFrom('in', 'out', 'earlier', 'later'), { maxLength: 60 });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(ranges, steps, (start, moves) => {
        let range = start;
        for (const move of moves) {
          if (move === 'in') range = zoom(range, 0.5, NOW_MS);
          else if (move === 'out') range = zoom(range, 2, NOW_MS);
          else range = shift(range, move === 'earlier' ? -0.5 : 0.5, NOW_MS);
        }
        const { fromMs, toMs } = windowOf(range, NOW_MS);
        const span = toMs - fromMs;
        const startEnd = windowOf(start, NOW_MS).toMs;
        return span >= 9999 && span <= 5 * YEAR_MS + 1 && toMs <= Math.max(NOW_MS, startEnd) + 1;
      }),
    ),
  );
});

t.test('moving later until now goes on with now', async (t) => {
  const range = shift(fixed(NOW_MS - 2 * HOUR_MS, NOW_MS - HOUR_MS), 1, NOW_MS);
  t.strictSame(range, { kind: 'last', spanMs: HOUR_MS });
});

t.test('zooming in on a fixed range keeps its middle', async (t) => {
  const range = zoom(fixed(NOW_MS - 4 * HOUR_MS, NOW_MS - 2 * HOUR_MS), 0.5, NOW_MS);
  t.strictSame(range, { kind: 'fixed', fromMs: NOW_MS - 3.5 * HOUR_MS, toMs: NOW_MS - 2.5 * HOUR_MS });
});

t.test('the buttons reach from five minutes to five years', async (t) => {
  t.equal(PRESETS[0]?.spanMs, 5 * 60_000);
  t.equal(PRESETS.at(-1)?.spanMs, 5 * YEAR_MS);
});

t.test('a range is read again every two seconds at most, every minute at least', async (t) => {
  t.equal(refreshMs(5 * 60_000), 2000);
  t.equal(refreshMs(HOUR_MS), 6000);
  t.equal(refreshMs(YEAR_MS), 60_000);
});
