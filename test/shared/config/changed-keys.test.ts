import t from 'tap';
import { changedKeys } from '../../../shared/config/changed-keys.ts';

t.test('the keys that differ, dotted and in order; a list counts as a whole', async (t) => {
  const before = { a: 1, b: { c: 2, d: [1, 2] }, e: undefined };
  t.strictSame(changedKeys(before, structuredClone(before)), []);
  t.strictSame(changedKeys(before, { a: 2, b: { c: 2, d: [1, 3] }, f: 1 }), ['a', 'b.d', 'f']);
  t.strictSame(changedKeys({ mail: {} }, { mail: { smtp: { host: 'm' } } }), ['mail.smtp']);
});
