import t from 'tap';
import {
  formatCount,
  formatDuration,
  formatTickValues,
  formatValue,
  UNKNOWN,
  type Unit,
} from '../../../../receiver/web/client/src/text/format-value.ts';

/** Tests are read better with ordinary spaces. */
const plain = (text: string) => text.replaceAll('\u202f', ' ');

t.test('a value is told with its unit, in about three digits', async (t) => {
  const cases: readonly (readonly [number, Unit, string])[] = [
    [0.234, 'ratio', '23 %'],
    [1, 'ratio', '100 %'],
    [0, 'bytes', '0 B'],
    [1023, 'bytes', '1 023 B'],
    [1024, 'bytes', '1.0 KiB'],
    [1.5 * 2 ** 30, 'bytes', '1.5 GiB'],
    [999, 'bytes/s', '999 B/s'],
    [1_234_567, 'bytes/s', '1.2 MB/s'],
    [512, '1/s', '512 /s'],
    [54.4, 'celsius', '54 °C'],
    [-3.6, 'celsius', '−4 °C'],
    [900, 'rpm', '900 rpm'],
    [90_000, 'seconds', '1 d 1 h'],
    [1234, 'count', '1 234'],
  ];
  for (const [value, unit, expected] of cases) {
    t.equal(plain(formatValue(value, unit)), expected, `${value} ${unit}`);
  }
});

t.test('a number never reaches the next unit by rounding', async (t) => {
  t.equal(plain(formatValue(999.9, 'bytes/s')), '1.0 kB/s');
  t.equal(plain(formatValue(99.96 * 1000, 'bytes/s')), '100 kB/s');
  t.equal(plain(formatValue(2 ** 20 - 1, 'bytes')), '1.0 MiB');
});

t.test('what is not known is a dash, and nothing is not minus nothing', async (t) => {
  for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.equal(formatValue(value, 'bytes'), UNKNOWN);
  }
  t.equal(plain(formatValue(-0.2, 'celsius')), '0 °C');
});

t.test('a length of time has its two largest units', async (t) => {
  const cases = [
    [-5000, '0 s'],
    [59_400, '59 s'],
    [61_000, '1 min'],
    [3_600_000, '1 h'],
    [3_660_000, '1 h 1 min'],
    [86_400_000 * 3 + 3_600_000 * 4, '3 d 4 h'],
    [86_400_000 * 40, '40 d'],
    [86_400_000 * 800, '2.2 y'],
  ] as const;
  for (const [ms, expected] of cases) t.equal(plain(formatDuration(ms)), expected);
});

t.test('a count has decimals only while it is small', async (t) => {
  t.strictSame(
    [0.5263, 7.25, 12.34, 250.4, 2_500_000].map((value) => plain(formatCount(value))),
    ['0.53', '7.25', '12.3', '250', '2.5 M'],
  );
});

t.test('the values of an axis have equally many digits', async (t) => {
  t.strictSame(formatTickValues([0, 2.5, 5, 7.5], 'count'), ['0.0', '2.5', '5.0', '7.5']);
  t.strictSame(formatTickValues([0, 5, 10], 'count'), ['0', '5', '10']);
});
