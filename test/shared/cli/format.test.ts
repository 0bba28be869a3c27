import t from 'tap';
import { formatBytes, formatDuration, formatRatio, formatRelative } from '../../../shared/cli/format.ts';

await t.test('formatBytes() writes three digits and a binary unit', async (t) => {
  const cases = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '0.98 KiB'],
    [1536, '1.50 KiB'],
    [10_233, '9.99 KiB'],
    [10_240, '10.0 KiB'],
    [102_400, '100 KiB'],
    [64 * 2 ** 20, '64.0 MiB'],
    [1.5 * 2 ** 40, '1.50 TiB'],
    [2 ** 80, '1048576 EiB'],
  ] as const;
  for (const [bytes, text] of cases) t.equal(formatBytes(bytes), text);
});

await t.test('formatDuration() writes the two largest units', async (t) => {
  const cases = [
    [-5, '0 s'],
    [0, '0 s'],
    [320.4, '320 ms'],
    [999.6, '1.0 s'],
    [3210, '3.2 s'],
    [9960, '10 s'],
    [59_600, '1 min'],
    [252_000, '4 min 12 s'],
    [3_600_000, '1 h'],
    [3_659_000, '1 h'],
    [7_260_000, '2 h 1 min'],
    [90_061_000, '1 d 1 h'],
    [400 * 86_400_000, '400 d'],
  ] as const;
  for (const [durationMs, text] of cases) t.equal(formatDuration(durationMs), text);
});

await t.test('formatRelative() tells past from future', async (t) => {
  t.equal(formatRelative(1000, 253_000), '4 min 12 s ago');
  t.equal(formatRelative(86_401_000, 1000), 'in 1 d');
  t.equal(formatRelative(1999, 1000), 'now');
});

await t.test('formatRatio() writes percent', async (t) => {
  t.equal(formatRatio(0.1234), '12.3 %');
  t.equal(formatRatio(1), '100.0 %');
});
