import t from 'tap';
import { readRenames } from '../../../receiver/fleet/read-nodes.ts';
import { openRenames } from '../../../receiver/fleet/renames.ts';
import { openStateStore } from '../../../receiver/fleet/state-store.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';

t.test(
  'former names lead to the present one, and the present one knows the former, also after a restart',
  async (t) => {
    const directory = t.testdir();
    const [seven, kitchen] = [parseNodeName('7'), parseNodeName('kitchen')];
    const [oven, other] = [parseNodeName('oven'), parseNodeName('other')];
    using store = openStateStore(directory);
    const renames = openRenames(store);
    t.equal(renames.nowOf(seven), undefined);
    renames.add({ from: seven, to: kitchen, atMs: 1000 });
    renames.add({ from: other, to: seven, atMs: 1500 });
    renames.add({ from: kitchen, to: oven, atMs: 2000 });
    for (const one of [renames, openRenames(store), readRenames(directory)]) {
      t.match(one?.nowOf(kitchen), { to: oven, atMs: 2000 });
      t.match(one?.nowOf(seven), { from: seven, to: oven, atMs: 2000 }, 'over several steps');
      t.equal(one?.nowOf(oven), undefined);
      t.strictSame(one?.before(oven), [
        { node: kitchen, untilMs: 2000 },
        { node: seven, untilMs: 1000 },
      ]);
      t.strictSame(
        one?.before(seven),
        [{ node: other, untilMs: 1500 }],
        'another machine that took the free name',
      );
    }
    renames.add({ from: oven, to: seven, atMs: 3000 });
    t.match(
      renames.before(seven).map(({ node }) => node),
      [oven, kitchen, seven],
      'a name that comes back',
    );
    t.equal(renames.nowOf(kitchen)?.to, seven);
  },
);
