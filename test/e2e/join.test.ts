import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { encodeJoinCode, parseJoinCode } from '../../shared/auth/join-code.ts';
import { listed, makeCode, nodesOf, startNode } from '../helpers/joining.ts';
import { findFreePort, openLines, preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { setUpWeb } from '../helpers/web-client.ts';
import { logsAt, logsOf, waitForEqual } from '../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 30_000 };

t.setTimeout(600_000);

t.test('a code lets in as many machines as it says, under names that are theirs', async (t) => {
  const place = await preparePlace(t.testdir());
  await using _receiver = await place.start('receiver');
  const code = await makeCode(place, '--uses', '2');
  t.match(code, /^fk1-[\w-]+$/);
  await using _first = await startNode(place, 'one', '--join', code, '--node-name', 'kitchen');
  await using _second = await startNode(place, 'two', '--join', code, '--node-name', 'kitchen');
  await listed(t, place, ['kitchen up', 'kitchen-2 up']);
  const third = await place.run(
    'sender',
    'start',
    '--join',
    code,
    '--data-directory',
    join(place.directory, 'three'),
  );
  t.match(third, { code: 1, stderr: /join code is not good any more.*used 2 times/ });
  const credentials = join(place.directory, 'one/credentials.json');
  t.equal(statSync(credentials).mode & 0o777, 0o600);
  const { secret } = JSON.parse(readFileSync(credentials, 'utf8')) as { secret: string };
  const state = readFileSync(join(place.directory, 'receiver/fleet.db'));
  t.equal(statSync(join(place.directory, 'receiver/fleet.db')).mode & 0o777, 0o600);
  t.notOk(state.includes(Buffer.from(secret, 'base64url')), 'the receiver does not have the secret');
});

t.test(
  'a node that is revoked is told why, keeps sampling, and is let in again with a new code',
  async (t) => {
    const place = await preparePlace(t.testdir());
    for (const command of ['nodes', 'alerts']) {
      const { code, stderr } = await place.run('receiver', command);
      t.not(code, 0, `${command} where no receiver ever was`);
      t.match(stderr, /there is no receiver's data in .*receiver/);
    }
    await using _receiver = await place.start('receiver');
    const node = await startNode(place, 'one', '--join', await makeCode(place, '--node', 'seven'));
    t.teardown(() => node.end('SIGKILL'));
    await listed(t, place, ['seven up']);
    t.equal((await place.run('receiver', 'nodes', 'revoke', 'seven', '--why', 'sold')).code, 0);
    await listed(t, place, ['seven revoked']);
    t.same(place.mails(), [], 'nobody is told that it is gone');
    const args = ['--data-directory', join(place.directory, 'one')];
    const own = () => openLines(join(place.directory, 'one/logs'), 'seven').length;
    const before = own();
    await until(() => own() > before + 3, { ...PATIENT, what: 'samples of a revoked node' });
    t.match((await place.run('sender', 'status', '--json', ...args)).stdout, /node seven was revoked: sold/);
    t.match(await place.run('sender', 'doctor', ...args), {
      code: 1,
      stdout: /refuses this node: node seven was revoked: sold[\s\S]*join-code --node seven/,
    });
    await node.end();
    await using again = await startNode(place, 'one', '--join', await makeCode(place));
    await listed(t, place, ['seven up']);
    const there = () => openLines(logsOf(place, 'receiver'), 'seven').length;
    await until(() => there() > before + 3, { ...PATIENT, what: 'what it kept meanwhile' });
    await again.end();
    await waitForEqual(t, logsAt(place, 'one'), 'seven');
  },
);

t.test('a node takes another name: its log so far stays, and it goes on under the new one', async (t) => {
  const place = await preparePlace(t.testdir());
  await using _receiver = await place.start('receiver');
  const node = await startNode(place, 'one', '--join', await makeCode(place, '--node', 'old'));
  t.teardown(() => node.end('SIGKILL'));
  await until(() => openLines(logsOf(place, 'receiver'), 'old').length > 5, { ...PATIENT, what: 'lines' });
  t.equal((await place.run('receiver', 'nodes', 'rename', 'old', 'new')).code, 0);
  await listed(t, place, ['new up']);
  await until(() => openLines(logsOf(place, 'receiver'), 'new').length > 5, { ...PATIENT, what: 'lines' });
  const former = await place.run('receiver', 'log', 'old');
  t.match(former.stderr, /^Node old is called new since 20.*\. This is its log until then\.\n/);
  t.match(
    (await place.run('receiver', 'log', 'new')).stderr,
    /^Until 20.* it was called old, with a log of its own/,
  );
  const graph = await place.run('receiver', 'graph', '--node', 'old', '--metric', 'mem', '--last', '60s');
  t.match(graph, { code: 0, stdout: /^new: / }, 'the old name leads to the new one');
  t.match(await place.run('receiver', 'nodes', 'revoke', 'old'), {
    code: 1,
    stderr: /Node old is called new since/,
  });
  const admin = await setUpWeb(place);
  const range = `fromMs=0&toMs=${Date.now() + 1000}`;
  t.match((await admin.ask('/api/nodes/old')).json(), { node: { name: 'new' }, seriesNames: /./ });
  const taken = (await admin.ask(`/api/nodes/new/log?${range}`)).text;
  const [, oldest = '-'] = former.stdout.split('\n');
  t.ok(taken.includes(oldest), 'a range of the log begins before the rename');
  await node.end();
  await waitForEqual(t, logsAt(place, 'one'), 'old');
  await waitForEqual(t, logsAt(place, 'one'), 'new');
  t.match(await place.run('receiver', 'nodes', 'rename', 'nobody', 'x'), {
    code: 1,
    stderr: /no node nobody has joined/,
  });
  t.equal((await place.run('receiver', 'nodes', 'forget', 'new')).code, 0);
  t.same(await nodesOf(place), []);
  t.ok(openLines(logsOf(place, 'receiver'), 'new').length > 0, 'its log is where it was');
});

t.test('a sender that cannot join says why, and --host goes before the addresses in the code', async (t) => {
  const nobody = await findFreePort();
  const place = await preparePlace(t.testdir());
  await using _receiver = await place.start('receiver');
  const code = await makeCode(place, '--node', 'seven');
  const parsed = parseJoinCode(code);
  if (parsed === undefined) throw new Error(`${code} is no join code`);
  const elsewhere = encodeJoinCode({ ...parsed, addresses: [`127.0.0.1:${nobody}`] });
  const data = ['--data-directory', join(place.directory, 'one')];
  // It says nothing on standard output until it has joined, so it is not waited for.
  const waiting = place.run('sender', 'start', '--join', elsewhere, ...data);
  const saysWhy = async () =>
    /tries again: 127\.0\.0\.1:\d+: .*ECONNREFUSED/.test(
      (await place.run('sender', 'status', ...data)).stderr,
    );
  await until(saysWhy, { ...PATIENT, what: 'the reason in its status' });
  const pid = /pid (\d+)/.exec((await place.run('sender', 'start', ...data)).stderr)?.[1];
  process.kill(Number(pid), 'SIGTERM');
  await waiting;
  const there = ['--host', '127.0.0.1', '--port', String(place.port)];
  await using _node = await startNode(place, 'one', '--join', elsewhere, ...there);
  await listed(t, place, ['seven up']);
});

t.test(
  'plain TCP, when the configuration says so in so many words: the same codes, and still no secret on the wire',
  async (t) => {
    const place = await preparePlace(t.testdir(), { transport: 'plain_on_encrypted_network' });
    await using _receiver = await place.start('receiver');
    await using _node = await startNode(place, 'one', '--join', await makeCode(place, '--node', 'seven'));
    await listed(t, place, ['seven up']);
    t.match(await place.run('receiver', 'certificate'), { code: 1, stderr: /talks plain TCP/ });
  },
);
