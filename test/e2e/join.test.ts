import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openLines, type Place, preparePlace, type Running } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { logsAt, logsOf, waitForEqual } from '../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 30_000 };

t.setTimeout(120_000);

async function makeCode(place: Place, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await place.run('receiver', 'join-code', ...args);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim().split(' ').at(-1) ?? '';
}

/** Starts a sender with a data directory of its own. */
async function startNode(place: Place, name: string, ...args: readonly string[]): Promise<Running> {
  return await place.start('sender', '--data-directory', join(place.directory, name), ...args);
}

interface Listed {
  readonly node: string;
  readonly state: string;
  readonly note: string | null;
}

async function nodesOf(place: Place): Promise<readonly Listed[]> {
  const { stdout } = await place.run('receiver', 'nodes', '--json');
  return JSON.parse(stdout) as readonly Listed[];
}

/** Waits until the receiver lists nodes as expected. */
async function listed(t: Test, place: Place, expected: readonly string[]): Promise<void> {
  let last: readonly string[] = [];
  await until(
    async () => {
      last = (await nodesOf(place)).map(({ node, state }) => `${node} ${state}`);
      return JSON.stringify(last) === JSON.stringify(expected);
    },
    { ...PATIENT, what: () => `${expected.join(', ')}; it lists ${last.join(', ')}` },
  );
  t.pass(expected.join(', '));
}

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

t.test(
  'the certificate is changed without a visit to the nodes; one that is left behind says what to do',
  async (t) => {
    const place = await preparePlace(t.testdir());
    await using _receiver = await place.start('receiver');
    const present = await startNode(place, 'present', '--join', await makeCode(place, '--node', 'present'));
    t.teardown(() => present.end('SIGKILL'));
    const absent = await startNode(place, 'absent', '--join', await makeCode(place, '--node', 'absent'));
    await listed(t, place, ['absent up', 'present up']);
    await absent.end();
    const hashOf = async () =>
      JSON.parse((await place.run('receiver', 'certificate', '--json')).stdout) as {
        sha256: string;
        next: { sha256: string; waiting_for: string[] } | null;
      };
    const before = await hashOf();
    t.equal((await place.run('receiver', 'certificate', 'rotate')).code, 0);
    await until(async () => (await hashOf()).next?.waiting_for.join() === 'absent', {
      ...PATIENT,
      what: 'the confirmation of the node that is there',
    });
    t.equal((await hashOf()).sha256, before.sha256, 'not used while a node does not know it');
    t.equal((await place.run('receiver', 'certificate', 'rotate', '--now')).code, 0);
    const after = await hashOf();
    t.not(after.sha256, before.sha256);
    await present.end();
    await using _again = await startNode(place, 'present');
    await until(
      async () => (await nodesOf(place)).some(({ node, state }) => node === 'present' && state === 'up'),
      { ...PATIENT, what: 'the node that knew the certificate' },
    );
    await using _behind = await startNode(place, 'absent');
    const args = ['--data-directory', join(place.directory, 'absent')];
    await until(
      async () =>
        (await place.run('sender', 'status', '--json', ...args)).stdout.includes('shows certificate'),
      { ...PATIENT, what: 'the reason at the node that was left behind' },
    );
  },
);

t.test('a receiver whose disk is gone goes on from the mirror, and no node has to join anew', async (t) => {
  const place = await preparePlace(t.testdir());
  const receiver = await place.start('receiver');
  await using node = await startNode(place, 'one', '--join', await makeCode(place, '--node', 'seven'));
  await listed(t, place, ['seven up']);
  const kept = join(place.directory, 'mirror/receiver/identity.json');
  await until(() => statSync(kept, { throwIfNoEntry: false })?.isFile(), {
    ...PATIENT,
    what: 'the kept identity',
  });
  t.equal(statSync(kept).mode & 0o777, 0o600);
  await until(() => readFileSync(kept, 'utf8').includes('"seven"'), { ...PATIENT, what: 'the node in it' });
  await receiver.end();
  rmSync(join(place.directory, 'receiver'), { recursive: true });
  await using _again = await place.start('receiver');
  await listed(t, place, ['seven up']);
  await node.end();
  await waitForEqual(t, logsAt(place, 'one'), 'seven');
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

t.test(
  'a copied data directory never writes into the log of its twin: the copy becomes a node of its own',
  async (t) => {
    const place = await preparePlace(t.testdir());
    await using _receiver = await place.start('receiver');
    const code = await makeCode(place, '--uses', '2');
    const original = await startNode(place, 'one', '--join', code, '--node-name', 'image');
    t.teardown(() => original.end('SIGKILL'));
    await listed(t, place, ['image up']);
    await original.end();
    cpSync(join(place.directory, 'one'), join(place.directory, 'two'), { recursive: true });
    // The copy is started on another machine.
    const path = join(place.directory, 'two/credentials.json');
    const { machine, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as { machine?: string };
    if (machine === undefined) {
      t.comment('this system does not tell machines apart');
      return;
    }
    writeFileSync(path, JSON.stringify({ ...rest, machine: 'f'.repeat(32) }));
    const data = ['--data-directory', join(place.directory, 'two')];
    t.match(await place.run('sender', 'start', ...data), { code: 1, stderr: /has not joined a receiver/ });
    place.configure({ sender: { node_name: 'image', join_code: code } });
    await using _copy = await startNode(place, 'two');
    await using _original = await startNode(place, 'one');
    await listed(t, place, ['image up', 'image-2 up']);
  },
);
