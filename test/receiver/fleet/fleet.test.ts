import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { startFleet } from '../../../receiver/fleet/fleet.ts';
import { readNodes } from '../../../receiver/fleet/read-nodes.ts';
import { openStateStore, openStateStoreToRead } from '../../../receiver/fleet/state-store.ts';
import { UserError } from '../../../shared/errors/errors.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { type FakeClock, fakeClock } from '../../helpers/fake-clock.ts';
import { aNode } from '../alerts/start-receiver-parts.ts';

const log = createLogger('silent');
const SEVEN = parseNodeName('7');

function connect(fleet: ReturnType<typeof startFleet>, clock: FakeClock, ...names: string[]): void {
  for (const name of names) fleet.connected({ ...aNode(name), atMs: clock.now() });
}

t.test(
  'fleet invariant 2: a change of state is on disk within moments, progress within seconds',
  async (t) => {
    const directory = t.testdir();
    const clock = fakeClock();
    using store = openStateStore(directory);
    await using fleet = startFleet({ store, clock, log });
    connect(fleet, clock, '10', '7', '2');
    t.same(readNodes(directory), [], 'not yet');
    await clock.advance(50);
    t.same(
      readNodes(directory).map(({ name, state }) => [name, state.kind]),
      [
        ['2', 'up'],
        ['7', 'up'],
        ['10', 'up'],
      ],
    );

    fleet.progress([{ node: SEVEN, position: { segment: 1, offset: 900 }, atMs: clock.now() + 30 }]);
    await clock.advance(100);
    t.equal(readNodes(directory)[1]?.position, undefined, 'a sample alone writes nothing');
    await clock.advance(6_000);
    t.same(readNodes(directory)[1]?.position, { segment: 1, offset: 900 });
  },
);

t.test('fleet invariant 2: many nodes are one transaction', async (t) => {
  const directory = t.testdir();
  const clock = fakeClock();
  using store = openStateStore(directory);
  let transactions = 0;
  const counting: typeof store = {
    ...store,
    transaction(work) {
      transactions += 1;
      return store.transaction(work);
    },
  };
  await using fleet = startFleet({ store: counting, clock, log });
  connect(fleet, clock, ...Array.from({ length: 5_000 }, (_, index) => `n${index}`));
  await clock.advance(50);
  t.equal(readNodes(directory).length, 5_000);
  t.equal(transactions, 1);
});

t.test('fleet invariant 3: after a start every node that was not down is unknown since then', async (t) => {
  const directory = t.testdir();
  const clock = fakeClock();
  {
    using store = openStateStore(directory);
    await using fleet = startFleet({ store, clock, log });
    connect(fleet, clock, '1', '2', '3');
    for (const name of ['2', '3']) {
      fleet.disconnected({ node: parseNodeName(name), how: 'closed', atMs: clock.now() });
    }
    fleet.declareDown([parseNodeName('3')], () => undefined);
  }
  await clock.advance(60_000);
  using store = openStateStore(directory);
  await using fleet = startFleet({ store, clock, log });
  t.same(
    fleet.nodes().map(({ state }) => [state.kind, clock.now() - state.sinceMs]),
    [
      ['unknown', 0],
      ['unknown', 0],
      ['down', 60_000],
    ],
  );
});

t.test(
  'fleet invariant 1: a node is down together with what is written alongside, or not at all',
  async (t) => {
    const directory = t.testdir();
    const clock = fakeClock();
    using store = openStateStore(directory);
    await using fleet = startFleet({ store, clock, log });
    connect(fleet, clock, '7');
    fleet.disconnected({ node: SEVEN, how: 'reset', atMs: clock.now() });
    const changes: string[] = [];
    using _ = fleet.onChange(({ node }) => changes.push(node.state.kind));

    t.throws(
      () =>
        fleet.declareDown([SEVEN], () => {
          throw new Error('no room for the message');
        }),
      /no room/,
    );
    t.equal(fleet.node(SEVEN)?.state.kind, 'late');
    t.same(changes, []);
    await clock.advance(50);
    t.equal(readNodes(directory)[0]?.state.kind, 'late');

    const lost = fleet.declareDown([SEVEN], ([node]) => t.equal(node?.state.kind, 'down'));
    t.equal(lost.length, 1);
    t.same(changes, ['down']);
    t.equal(readNodes(directory)[0]?.state.kind, 'down');
    t.same(
      fleet.declareDown([SEVEN], () => t.fail('nothing to tell')),
      [],
      'a node goes down once',
    );
  },
);

t.test('fleet invariant 4: the nodes can be read with and without a receiver', async (t) => {
  const directory = t.testdir();
  const clock = fakeClock();
  t.same(readNodes(directory), [], 'where none ever ran');
  t.notOk(existsSync(join(directory, 'fleet.db')), 'and reading makes nothing');
  {
    using store = openStateStore(directory);
    await using fleet = startFleet({ store, clock, log });
    connect(fleet, clock, '7');
    await clock.advance(50);
    t.match(readNodes(directory), [{ name: '7', hostName: 'host-7', version: '0.1.0', sleeptimeSeconds: 1 }]);
  }
  t.notOk(existsSync(join(directory, 'fleet.db-wal')), 'an orderly end leaves one file');
  t.match(readNodes(directory), [{ name: '7', state: { kind: 'up' } }]);
});

t.test('all of a node survives being written and read', async (t) => {
  const directory = t.testdir();
  const clock = fakeClock();
  using store = openStateStore(directory);
  await using fleet = startFleet({ store, clock, log });
  connect(fleet, clock, '7');
  fleet.progress([{ node: SEVEN, position: { segment: 3, offset: 77 }, atMs: clock.now() }]);
  fleet.disconnected({ node: SEVEN, how: 'refused', reason: 'disk full', atMs: clock.now() });
  fleet.save();
  t.same(readNodes(directory), [fleet.node(SEVEN)]);
});

t.test('a receiver that stops does not take the end of its own connections for lost nodes', async (t) => {
  const clock = fakeClock();
  using store = openStateStore(t.testdir());
  await using fleet = startFleet({ store, clock, log });
  connect(fleet, clock, '7');
  fleet.stopping();
  fleet.disconnected({ node: SEVEN, how: 'closed', atMs: clock.now() });
  t.equal(fleet.node(SEVEN)?.state.kind, 'up');
});

t.test('a time with a fraction of a millisecond is as good as any', async (t) => {
  const directory = t.testdir();
  const clock = fakeClock();
  using store = openStateStore(directory);
  await using fleet = startFleet({ store, clock, log });
  connect(fleet, clock, '7');
  fleet.disconnected({ node: SEVEN, how: 'timed_out', atMs: 99.9, silentSinceMs: clock.now() + 50.25 });
  fleet.save();
  t.equal(readNodes(directory)[0]?.lastSeenMs, clock.now() + 50);
});

t.test('a state written by a newer version is refused, not guessed at', async (t) => {
  const directory = t.testdir();
  openStateStore(directory)[Symbol.dispose]();
  const database = new DatabaseSync(join(directory, 'fleet.db'));
  database.exec('PRAGMA user_version = 1000');
  database.close();
  for (const open of [openStateStore, openStateStoreToRead]) {
    t.throws(() => open(directory), {
      code: 'FORMAT_NEWER',
      message: /fleet\.db has format 1000, written by a newer version/,
    });
  }
});

t.test('a state that is not a database is refused with a hint', async (t) => {
  const directory = t.testdir({ 'fleet.db': 'not a database, '.repeat(100) });
  t.throws(() => openStateStore(directory), UserError);
  t.throws(() => openStateStore(directory), { code: 'DIRECTORY_UNUSABLE', hint: /move it away/ });
});

t.test('state-store transaction() undoes everything when its work throws', async (t) => {
  using store = openStateStore(t.testdir());
  const insert = (key: string) => store.database.prepare('INSERT INTO meta VALUES (?, ?)').run(key, 'x');
  t.throws(() =>
    store.transaction(() => {
      insert('a');
      store.transaction(() => insert('b'));
      throw new Error('no');
    }),
  );
  t.equal(store.database.prepare('SELECT count(*) AS n FROM meta').get()?.['n'], 0);
  t.equal(
    store.database.prepare('PRAGMA synchronous').get()?.['synchronous'],
    2,
    'a commit waits for the disk',
  );
});
