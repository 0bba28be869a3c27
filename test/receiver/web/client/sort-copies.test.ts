import t from 'tap';
import type { NodeCopies } from '../../../../receiver/web/client/src/data/contract.ts';
import { sortCopies } from '../../../../receiver/web/client/src/pages/copies/sort-copies.ts';

const HERE = { segment: 1, offset: 0, bytes: 10 };

t.test('copies that differ come first, then missing ones, then those furthest behind', async (t) => {
  const copies: readonly NodeCopies[] = [
    { name: 'level-10', node: null, receiver: HERE, mirror: HERE, lagBytes: 0 },
    {
      name: 'level-9',
      node: null,
      receiver: HERE,
      mirror: HERE,
      lagBytes: 0,
      lastVerify: { atMs: 1, ok: true, verdict: 'sound', message: '' },
    },
    { name: 'behind', node: null, receiver: HERE, mirror: HERE, lagBytes: 9 },
    { name: 'missing', node: null, receiver: HERE, mirror: null, lagBytes: 3 },
    {
      name: 'differs',
      node: null,
      receiver: HERE,
      mirror: HERE,
      lagBytes: 0,
      lastVerify: { atMs: 1, ok: false, verdict: 'not_sound', message: '' },
    },
  ];
  const names = (filter: string) => sortCopies(copies, filter).map(({ name }) => name);
  t.strictSame(names(''), ['differs', 'missing', 'behind', 'level-9', 'level-10']);
  t.strictSame(names(' LEVEL'), ['level-9', 'level-10']);
});
