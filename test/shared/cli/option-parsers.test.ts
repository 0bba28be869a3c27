import { InvalidArgumentError } from 'commander';
import t from 'tap';
import {
  parseDurationMs,
  parseInteger,
  parseNumber,
  parsePort,
  parseSizeBytes,
} from '../../../shared/cli/option-parsers.ts';

await t.test('numbers are taken within their limits only', async (t) => {
  const seconds = parseNumber({ min: 0.1, max: 3600, unit: 'seconds' });
  t.equal(seconds('0.1'), 0.1);
  t.equal(seconds('3600'), 3600);
  t.equal(parseInteger({ min: -1, max: 1 })('-1'), -1);
  for (const text of ['0', '3601', '', ' 1', '1e3', '0x10', 'NaN', 'Infinity', '1s']) {
    t.throws(() => seconds(text), { message: 'Expected a number of seconds from 0.1 to 3600.' }, text);
  }
  t.throws(() => parseInteger({ min: 1, max: 9 })('1.5'), InvalidArgumentError);
  t.equal(parsePort('0'), 0);
  t.throws(() => parsePort('65536'), InvalidArgumentError);
});

await t.test('times need a unit', async (t) => {
  t.equal(parseDurationMs('500ms'), 500);
  t.equal(parseDurationMs('30 s'), 30_000);
  t.equal(parseDurationMs('10min'), 600_000);
  t.equal(parseDurationMs('1.5h'), 5_400_000);
  t.equal(parseDurationMs('7d'), 604_800_000);
  for (const text of ['30', '30m', '-1s', 's', '1h30min']) {
    t.throws(() => parseDurationMs(text), InvalidArgumentError, text);
  }
});

await t.test('sizes need a unit', async (t) => {
  t.equal(parseSizeBytes('64MiB'), 64 * 2 ** 20);
  t.equal(parseSizeBytes('1000 B'), 1000);
  for (const text of ['64', '64MB', '-1 B']) t.throws(() => parseSizeBytes(text), InvalidArgumentError, text);
});
