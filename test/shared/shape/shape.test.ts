import t from 'tap';
import { object, variants } from '../../../shared/shape/object-shape.ts';
import {
  anything,
  converted,
  list,
  Mismatch,
  number,
  oneOf,
  optional,
  type Shape,
  text,
  whole,
} from '../../../shared/shape/shape.ts';

/** What a shape says of a value. */
function mismatchOf(shape: Shape<unknown>, value: unknown): string | undefined {
  try {
    shape(value, '');
    return undefined;
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    return error.message;
  }
}

t.test('shape invariant 1: what does not match is told with its place and what it must be', async (t) => {
  const shape = object({ at: object({ offsets: list(whole({ min: 0 }), { max: 2 }) }) });
  for (const [value, message] of [
    [null, 'must be an object'],
    [[], 'must be an object'],
    [{}, 'at: must be an object'],
    [{ at: { offsets: 'x' } }, 'at.offsets: must be a list'],
    [{ at: { offsets: [1, -1] } }, 'at.offsets.1: must be at least 0'],
    [{ at: { offsets: [1, 2, 3] } }, 'at.offsets: must have a length that is at most 2'],
    [{ at: { offsets: [1, 2] } }, undefined],
  ] as const) {
    t.equal(mismatchOf(shape, value), message, JSON.stringify(value));
  }
});

t.test(
  'shape invariant 2: keys that are not named are left out, and missing ones stay missing',
  async (t) => {
    const shape = object({ a: whole(), b: optional(text()), c: anything });
    t.strictSame(shape({ a: 1, newer: true }, ''), { a: 1 });
    t.strictSame(shape({ a: 1, b: 'x', c: null }, ''), { a: 1, b: 'x', c: null });
    t.equal(mismatchOf(object({ toString: text() }), {}), 'toString: must be a text', 'nothing is inherited');
  },
);

t.test('shape invariant 3: texts and numbers keep to their limits', async (t) => {
  for (const [shape, value, message] of [
    [text({ max: 3 }), 'four', 'must have 3 characters at most'],
    [text({ pattern: /^[0-9a-f]+$/ }), 'xyz', 'must match /^[0-9a-f]+$/'],
    [text(), 1, 'must be a text'],
    [number(), Number.NaN, 'must be a number'],
    [number({ min: 0.5 }), 0.4, 'must be at least 0.5'],
    [number({ max: 1 }), 1, undefined],
    [whole(), 1.5, 'must be a whole number'],
    [whole(), 2 ** 53, 'must be a whole number'],
    [oneOf('receiver', 'sender'), 'other', 'must be receiver or sender'],
  ] as const) {
    t.equal(mismatchOf(shape, value), message, String(value));
  }
});

t.test('variants() tells objects apart by their kind', async (t) => {
  const shape = variants({ stop: {}, wait: { seconds: number() } });
  t.strictSame(shape({ kind: 'wait', seconds: 2, newer: 1 }, ''), { kind: 'wait', seconds: 2 });
  t.strictSame(shape({ kind: 'stop' }, ''), { kind: 'stop' });
  t.equal(mismatchOf(shape, { kind: 'constructor' }), 'kind: must be one of stop, wait');
  t.equal(mismatchOf(shape, { kind: 'wait' }), 'seconds: must be a number');
});

t.test('converted() makes a mismatch of what the conversion throws', async (t) => {
  const shape = object({
    node: converted(text(), (name) => {
      if (name === '') throw new Error('a name is never empty');
      return name.toUpperCase();
    }),
  });
  t.strictSame(shape({ node: 'a' }, ''), { node: 'A' });
  t.equal(mismatchOf(shape, { node: '' }), 'node: a name is never empty');
});
