import { ok } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { LineLimit } from '../../../receiver/ingest/line-limit.ts';
import { holds } from '../../helpers/holds.ts';

/** The plain way: every line, one byte at a time. */
function isShort(bytes: Buffer, max: number): boolean {
  let length = 0;
  for (const byte of bytes) {
    length += 1;
    if (length > max) return false;
    if (byte === 0x0a) length = 0;
  }
  return true;
}

t.test('however the bytes are cut up, it finds a line that is too long, and no other', async (t) => {
  const text = fc.array(fc.constantFrom('a', '\n'), { maxLength: 60 }).map((parts) => parts.join(''));
  await holds(
    t,
    fc.property(
      text,
      fc.array(fc.nat(60), { maxLength: 5 }),
      fc.integer({ min: 1, max: 12 }),
      (all, cuts, max) => {
        const bytes = Buffer.from(all);
        const limit = new LineLimit(max);
        const places = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        let from = 0;
        let isAccepted = true;
        for (const to of places) {
          isAccepted &&= limit.accepts(bytes.subarray(from, to));
          from = to;
        }
        ok(isAccepted === isShort(bytes, max));
      },
    ),
    { numRuns: 2000, verbose: true },
  );
});

t.test('a log that goes on somewhere else begins a new line', async (t) => {
  const limit = new LineLimit(4);
  t.ok(limit.accepts(Buffer.from('abcd')));
  limit.restart();
  t.ok(limit.accepts(Buffer.from('abc\n')));
  t.notOk(limit.accepts(Buffer.from('abcde')));
});
