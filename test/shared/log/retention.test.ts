import { access, copyFile } from 'node:fs/promises';
import t from 'tap';
import { plainSegmentPath, sealedSegmentPath } from '../../../shared/log/log.ts';
import { applyRetention, chooseDropped, type RetentionLimits } from '../../../shared/log/retention.ts';
import { readSegmentRecords } from '../../../shared/log/segment-records.ts';
import { logPair } from '../../helpers/log-pair.ts';
import { appendSamples, NOON_MS, range } from '../../helpers/logs.ts';

const HOUR_MS = 3_600_000;

/** Segments 1 to 5, each an hour long and 10 bytes compressed; the last ends at 5 h. */
const STORED = range(1, 6).map((number) => ({
  record: {
    number,
    bytes: 100,
    sha256: '',
    fromMs: (number - 1) * HOUR_MS,
    toMs: number * HOUR_MS,
    isShort: false,
  },
  storedBytes: 10,
}));

const CASES: readonly [string, RetentionLimits, number, readonly number[]][] = [
  ['no limit', {}, 99, []],
  ['everything is young enough', { maxAgeMs: 5 * HOUR_MS }, 99, []],
  ['older than two hours', { maxAgeMs: 2 * HOUR_MS }, 99, [1, 2]],
  ['older than two hours, of which one may go', { maxAgeMs: 2 * HOUR_MS }, 2, [1]],
  ['exactly as large as allowed', { maxBytes: 50 }, 99, []],
  ['a byte too large', { maxBytes: 49 }, 99, [1]],
  ['far too large', { maxBytes: 0 }, 99, [1, 2, 3, 4, 5]],
  ['far too large, but not acknowledged', { maxBytes: 0 }, 1, []],
  ['both limits, the bytes ask for more', { maxAgeMs: 4 * HOUR_MS, maxBytes: 25 }, 99, [1, 2, 3]],
];

for (const [name, limits, droppableBefore, expected] of CASES) {
  t.test(`chooseDropped(): ${name}`, async (t) => {
    t.same(chooseDropped(STORED, limits, droppableBefore, 5 * HOUR_MS), expected);
    t.same(
      chooseDropped([...STORED].reverse(), limits, droppableBefore, 5 * HOUR_MS),
      expected,
      'in any order',
    );
  });
}

const DAY_MS = 24 * HOUR_MS;
const WEEK: RetentionLimits = { maxAgeMs: 7 * DAY_MS };
const YEAR = 365;

/** Segments 1, 2, … that end at noon of the given days. */
function endingOn(days: readonly number[]) {
  return days.map((day, index) => {
    const toMs = (day + 0.5) * DAY_MS;
    return {
      record: { number: index + 1, bytes: 100, sha256: '', fromMs: toMs, toMs, isShort: false },
      storedBytes: 10,
    };
  });
}

const CLOCK_CASES: readonly [string, readonly number[], number, readonly number[]][] = [
  ['a right clock', range(1000, 1010), 1010, [1, 2, 3]],
  ['a clock a year ahead, since a moment ago', range(1000, 1008), 1000 + YEAR, [1]],
  ['a clock a year ahead, for a day', [...range(1000, 1008), 1008 + YEAR], 1009 + YEAR, [1, 2]],
  ['a clock that was a year ahead', [1000 + YEAR, ...range(1001, 1010)], 1010, [1, 2, 3]],
  [
    'a clock that was wrong after each start',
    [1000, 0, 1001, 0, 1002, 0, ...range(1003, 1010)],
    1010,
    [1, 2, 3, 4, 5, 6],
  ],
  ['many segments on the same day', [1000, ...Array(20).fill(1001)], 1000 + YEAR, []],
];

for (const [name, days, today, expected] of CLOCK_CASES) {
  t.test(`chooseDropped(): a week of ${name}`, async (t) => {
    t.same(chooseDropped(endingOn(days), WEEK, 99, (today + 0.6) * DAY_MS), expected);
  });
}

t.test('applyRetention() drops files, and says so before', async (t) => {
  const { writer, writerPaths, sealer } = await logPair(t, { segmentBytes: 500 });
  appendSamples(writer, 0, 40);
  await sealer.idle();
  t.same(await applyRetention(writerPaths, {}, 99, NOON_MS), []);
  t.same(await applyRetention(writerPaths, { maxBytes: 0 }, 3, NOON_MS), [1, 2]);
  const { sealed, droppedTo } = await readSegmentRecords(writerPaths);
  t.equal(droppedTo, 2);
  t.notOk(sealed.has(2));
  t.ok(sealed.has(3));
  await t.rejects(access(sealedSegmentPath(writerPaths, 2)));
  await access(sealedSegmentPath(writerPaths, 3));
  for (const number of [1, 2]) writer.forget(number);
  t.equal(writer.oldest, 3);
});

t.test('applyRetention() leaves what is not sealed yet, and what comes after it', async (t) => {
  const { writer, writerPaths, sealer, follow } = await logPair(t, { segmentBytes: 500 });
  await follow();
  appendSamples(writer, 0, 40);
  await sealer.idle();
  await copyFile(sealedSegmentPath(writerPaths, 2), plainSegmentPath(writerPaths, 2));
  t.same(await applyRetention(writerPaths, { maxBytes: 0 }, 99, NOON_MS), [1]);
});
