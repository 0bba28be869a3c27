import t from 'tap';
import { encodeSample, MAX_LINE_BYTES, shortName } from '../../../sender/sampler/encode-sample.ts';
import type { Row } from '../../../shared/sample/sample.ts';
import { parseLine } from './lay-out-machine.ts';

const TIME = '2026-11-20T22:00:00.000Z';

function many(count: number, name: (index: number) => string): Record<string, Row> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), [index]]));
}

await t.test('names from outside are kept short and cannot act on a terminal', (t) => {
  t.equal(shortName('a\u001b[31mb\u009b\n'), 'a\ufffd[31mb\ufffd\ufffd');
  t.equal(shortName('x'.repeat(500)).length, 100);
  const fs = { '/mnt/"quoted"\\': [1], '/\ud800': [2], ['__proto__']: [3] };
  const line = encodeSample({ t: TIME, cpu: {}, fs });
  t.same(Object.entries(parseLine(line).fs), [
    ['/mnt/"quoted"\\', [1]],
    ['/\ud800', [2]],
    ['__proto__', [3]],
  ]);
  t.end();
});

await t.test('a group with too many entries says how many were left out', (t) => {
  const sample = parseLine(encodeSample({ t: TIME, cpu: {}, net: many(100, (index) => `eth${index}`) }));
  t.equal(Object.keys(sample.net).length, 64);
  t.same(sample.cut, { net: 36 });
  t.end();
});

await t.test('names that become the same when shortened are counted as left out', (t) => {
  const fs = many(3, (index) => `/${'x'.repeat(200)}${index}`);
  const sample = parseLine(encodeSample({ t: TIME, cpu: {}, fs }));
  t.equal(Object.keys(sample.fs).length, 1);
  t.same(sample.cut, { fs: 2 });
  t.end();
});

await t.test(
  'sampler invariant 4: a line that is too long loses the least important first, and says so',
  (t) => {
    const core = Array.from({ length: 1500 }, () => [0.12, 0.34, 0.56, 0.78, 0.12]);
    const wide = (index: number) => `${'\u20ac'.repeat(90)}${index}`;
    const sample = {
      t: TIME,
      cpu: { n: 1500, core },
      temp: {},
      net: many(64, wide),
      disk: many(64, wide),
      load: [1, 2, 3],
    };
    const line = encodeSample(sample);
    t.ok(Buffer.byteLength(line) <= MAX_LINE_BYTES, `${Buffer.byteLength(line)} bytes`);
    const parsed = parseLine(line);
    t.same(parsed.cut, { net: 64 });
    t.ok(parsed.disk, 'no more than needed is left out');
    t.equal(parsed.cpu.core.length, 1500);
    const cores = Array.from({ length: 8000 }, () => [0.12, 0.34, 0.56, 0.78]);
    const huge = parseLine(encodeSample({ ...sample, cpu: { n: 8000, core: cores } }));
    t.same(huge.cut, { net: 64, disk: 64, core: 8000 });
    t.same(huge.load, [1, 2, 3], 'what is small always stays');
    t.end();
  },
);
