import t from 'tap';
import type { FleetNode } from '../../../../receiver/web/client/src/data/contract.ts';
import { mergeFleet } from '../../../../receiver/web/client/src/data/merge-fleet.ts';

const MINUTE_MS = 60_000;
const NODE: FleetNode = {
  ...{
    name: 'a',
    state: 'up',
    sinceMs: 1,
    tags: ['x'],
    hostName: 'h',
    address: '',
    version: '',
    connected: true,
    firing: 0,
  },
  latest: { atMs: 10 * MINUTE_MS, values: { 'cpu.used': 0.1 } },
  sparklines: { 'cpu.used': [1, 2, 3, 4] },
};
const FLEET = new Map([
  ['a', NODE],
  ['b', { ...NODE, name: 'b' }],
]);

t.test('news change the node that they name and leave the others the same objects', async (t) => {
  const { merged, hasStranger } = mergeFleet(FLEET, {
    nodes: [{ name: 'a', state: 'down', sinceMs: 5, latest: null }],
  });
  t.match(merged.get('a'), { state: 'down', sinceMs: 5, tags: ['x'] });
  t.equal(merged.get('b'), FLEET.get('b'));
  t.equal(FLEET.get('a'), NODE, 'and the old fleet is not changed');
  t.notOk(hasStranger);
});

t.test('a node that nobody knows yet is told', async (t) => {
  const { merged, hasStranger } = mergeFleet(FLEET, {
    nodes: [{ name: 'new', state: 'up', sinceMs: 5, latest: null }],
  });
  t.ok(hasStranger);
  t.notOk(merged.has('new'));
});

t.test('sparklines move on by a point a minute, with a gap for minutes without news', async (t) => {
  const after = (minutes: number) => {
    const latest = { atMs: (10 + minutes) * MINUTE_MS, values: { 'cpu.used': 9 } };
    return mergeFleet(FLEET, { nodes: [{ name: 'a', state: 'up', sinceMs: 1, latest }] }).merged.get('a')
      ?.sparklines;
  };
  t.strictSame(after(0.5), { 'cpu.used': [1, 2, 3, 4] });
  t.strictSame(after(1), { 'cpu.used': [2, 3, 4, 9] });
  t.strictSame(after(3), { 'cpu.used': [4, null, null, 9] });
  t.strictSame(after(1e6), { 'cpu.used': [null, null, null, 9] });
});
