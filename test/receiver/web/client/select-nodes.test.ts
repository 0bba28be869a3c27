import t from 'tap';
import type { FleetNode } from '../../../../receiver/web/client/src/data/contract.ts';
import { type CalmRows, calmRows } from '../../../../receiver/web/client/src/pages/fleet/calm-rows.ts';
import { readView, sortAfterClick } from '../../../../receiver/web/client/src/pages/fleet/fleet-view.ts';
import {
  type FleetRow,
  parseFilter,
  selectNodes,
} from '../../../../receiver/web/client/src/pages/fleet/select-nodes.ts';

const NODES = [
  node({ name: 'web-2', tags: ['web', 'prod'], cpu: 0.4 }),
  node({ name: 'web-10', tags: ['web'], cpu: 0.9, state: 'late' }),
  node({ name: 'db-1', tags: ['db', 'prod'], state: 'down' }),
  node({ name: 'lab', tags: [], cpu: 0.1, hostName: 'kitchen.example' }),
];

t.test('what needs a look stands first, and equal ones by name as people count', async (t) => {
  t.strictSame(names({}), ['db-1', 'web-10', 'lab', 'web-2']);
  t.strictSame(names({ sort: 'name' }), ['db-1', 'lab', 'web-2', 'web-10']);
  t.strictSame(names({ sort: '-name' }), ['web-10', 'web-2', 'lab', 'db-1']);
});

t.test('nodes without a value stand last, whichever way is sorted', async (t) => {
  t.strictSame(names({ sort: 'cpu' }), ['lab', 'web-2', 'web-10', 'db-1']);
  t.strictSame(names({ sort: '-cpu' }), ['web-10', 'web-2', 'lab', 'db-1']);
});

t.test('every word of the filter must fit; a word with a minus must not', async (t) => {
  const fitting = (filter: string) => NODES.filter(parseFilter(filter)).map(({ name }) => name);
  t.strictSame(fitting('WEB'), ['web-2', 'web-10']);
  t.strictSame(fitting('web prod'), ['web-2']);
  t.strictSame(fitting('kitchen'), ['lab']);
  t.strictSame(fitting('tag:prod -state:down'), ['web-2']);
  t.strictSame(fitting('state:la'), ['web-10']);
  t.strictSame(fitting('-'), ['web-2', 'web-10', 'db-1'], 'a minus alone is a word, not a rule');
  t.equal(fitting('  ').length, NODES.length);
});

t.test('a state can be chosen', async (t) => {
  t.strictSame(names({ state: 'down' }), ['db-1']);
  t.equal(names({ state: 'no such' }).length, NODES.length);
});

t.test(
  'grouped by tag, a node stands in each of its groups, and those without a tag come last',
  async (t) => {
    t.strictSame(names({ group: 'tag', sort: 'name' }), [
      ...['# db 1 1', 'db-1'],
      ...['# prod 2 1', 'db-1', 'web-2'],
      ...['# web 2 1', 'web-2', 'web-10'],
      ...['#  1 0', 'lab'],
    ]);
  },
);

t.test('a click on a column sorts by it, a second one the other way', async (t) => {
  t.equal(sortAfterClick(readView({}), 'cpu'), '-cpu', 'the busiest first');
  t.equal(sortAfterClick(readView({ sort: '-cpu' }), 'cpu'), 'cpu');
  t.equal(sortAfterClick(readView({ sort: '-cpu' }), 'name'), 'name');
});

t.test(
  'the order follows the values every five seconds, but states, view and new nodes at once',
  async (t) => {
    const view = readView({ sort: '-cpu' });
    const fleet = (...nodes: readonly FleetNode[]) => new Map(nodes.map((one) => [one.name, one]));
    const [low, high] = [node({ name: 'a', cpu: 0.1 }), node({ name: 'b', cpu: 0.9 })];
    const swapped = fleet(node({ name: 'a', cpu: 0.8 }), node({ name: 'b', cpu: 0.2 }));
    const orderOf = ({ rows }: CalmRows) => rows.map(wordOf);
    const first = calmRows(undefined, fleet(low, high), view, 0);
    t.strictSame(orderOf(first), ['b', 'a']);

    const soon = calmRows(first, swapped, view, 4999);
    t.strictSame(orderOf(soon), ['b', 'a']);
    t.match(soon.rows[0], { node: { latest: { values: { 'cpu.used': 0.2 } } } }, 'with the new values');
    t.strictSame(orderOf(calmRows(soon, swapped, view, 5000)), ['a', 'b']);
    t.strictSame(orderOf(calmRows(first, swapped, readView({ sort: 'name' }), 1)), ['a', 'b']);
    const lost = fleet(node({ name: 'a', cpu: 0.8, state: 'down' }), node({ name: 'b', cpu: 0.2 }));
    t.strictSame(orderOf(calmRows(first, lost, view, 1)), ['a', 'b']);
    t.equal(calmRows(first, fleet(low, high, node({ name: 'c' })), view, 1).rows.length, 3);
  },
);

function names(query: Readonly<Record<string, string>>): readonly string[] {
  return selectNodes(NODES, readView(query)).map(wordOf);
}

function wordOf(row: FleetRow): string {
  return row.kind === 'node' ? row.node.name : `# ${row.tag} ${row.count} ${row.troubled}`;
}

function node({
  cpu,
  ...fields
}: Partial<FleetNode> & { readonly name: string; readonly cpu?: number }): FleetNode {
  return {
    ...{ state: 'up', sinceMs: 0, tags: [], hostName: 'host', address: '10.0.0.1', version: '0.1.0' },
    ...{ connected: true, firing: 0, sparklines: {} },
    latest: cpu === undefined ? null : { atMs: 0, values: { 'cpu.used': cpu } },
    ...fields,
  };
}
