import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openLines, preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { assertNoneDoubled, logsAt, logsOf, readWholeLog, waitForEqual } from '../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 30_000 };

t.setTimeout(600_000);

t.test(
  'two senders and a receiver: the copies are equal on node, receiver and mirror, and verify says so',
  async (t) => {
    const place = await preparePlace(t.testdir(), { log: { segment_bytes: 65_536 } });
    await using receiver = await place.start('receiver');
    const start = async (node: string) =>
      await place.start(
        'sender',
        '--node-name',
        node,
        '--data-directory',
        join(place.directory, `sender-${node}`),
      );
    await using a = await start('a');
    await using b = await start('b');
    const logs = logsOf(place, 'receiver');
    await until(() => ['a', 'b'].every((node) => openLines(logs, node).length > 20), {
      ...PATIENT,
      what: 'lines',
    });

    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
    t.match(await place.run('receiver', 'verify'), { code: 0, stdout: /^SOUND: every copy was read/m });
    const connected = await place.run('receiver', 'verify', '--json');
    const report = JSON.parse(connected.stdout) as { logs: { copies: { copy: string; bytes: number }[] }[] };
    t.ok(
      report.logs.every(({ copies }) => copies.some(({ copy, bytes }) => copy === 'node' && bytes > 0)),
      'each connected node has said what its own copy holds',
    );
    await a.end();
    await b.end();
    for (const node of ['a', 'b']) await waitForEqual(t, logsAt(place, `sender-${node}`), node);
    const backup = await place.run('receiver', 'backup', 'now');
    t.equal(backup.code, 0, backup.stderr);
    for (const node of ['a', 'b']) {
      const own = await readWholeLog(join(place.directory, `sender-${node}`, 'logs'), node);
      t.equal((await readWholeLog(logsOf(place, 'mirror'), node)).sha256, own.sha256, `mirror of ${node}`);
    }
    const verified = await place.run('receiver', 'verify');
    t.match(verified, {
      code: 3,
      stdout: /^\? the node did not prove its own copy: not connected$[\s\S]*^NOT PROVEN: /m,
    });
    await receiver.end();
    const alone = await place.run('receiver', 'verify');
    t.match(alone, { code: 3, stdout: /its own copy: no receiver runs that could ask it/ });
    rmSync(join(logs, 'node-a.log'));
    const gone = await place.run('receiver', 'verify');
    t.match(gone, { code: 1, stdout: /^! live .*the receiver acknowledged segment \d+ up to byte/m });
  },
);

t.test('a receiver that was away, and one whose data was deleted, get everything the node has', async (t) => {
  const place = await preparePlace(t.testdir(), { log: { segment_bytes: 65_536 } });
  let receiver = await place.start('receiver');
  await using sender = await place.start('sender');
  t.teardown(async () => await receiver.end('SIGKILL'));
  const own = logsOf(place, 'sender');
  await until(() => openLines(logsOf(place, 'receiver'), '7').length > 5, { ...PATIENT, what: 'lines' });
  // Without it the receiver would be another one, to which this node has never joined.
  const identity = join(place.directory, 'mirror/receiver/identity.json');
  const isKept = () => existsSync(identity) && readFileSync(identity, 'utf8').includes('"7"');
  await until(isKept, { ...PATIENT, what: 'the identity with its node in the mirror' });
  await receiver.end();
  const before = openLines(own, '7').length;
  await until(() => openLines(own, '7').length > before + 20, {
    ...PATIENT,
    what: 'samples while the receiver is away',
  });
  // Long enough for a sealed segment, so that a compressed one is replayed as well.
  const sealed = async () => (await readWholeLog(own, '7')).bytes > 75_000;
  await until(sealed, { ...PATIENT, what: 'a sealed segment' });
  rmSync(join(place.directory, 'receiver'), { recursive: true });
  receiver = await place.start('receiver');
  await until(() => openLines(logsOf(place, 'receiver'), '7').length > 0, { ...PATIENT, what: 'the replay' });
  await sender.end();
  assertNoneDoubled(t, await waitForEqual(t, logsAt(place, 'sender'), '7'));
});

t.test(
  'a node whose tail was lost in a power cut is healed by the receiver, and goes on in a new segment',
  async (t) => {
    const place = await preparePlace(t.testdir());
    await using receiver = await place.start('receiver');
    let sender = await place.start('sender');
    t.teardown(async () => await sender.end('SIGKILL'));
    const path = join(logsOf(place, 'sender'), 'node-7.log');
    await until(() => openLines(logsOf(place, 'receiver'), '7').length > 15, { ...PATIENT, what: 'lines' });
    await sender.end('SIGKILL');
    const held = await readWholeLog(logsOf(place, 'receiver'), '7');
    const meta = join(logsOf(place, 'sender'), 'node-7/log.json');
    truncateSync(path, Math.floor(statSync(path).size / 2));
    writeFileSync(
      meta,
      JSON.stringify({ ...JSON.parse(readFileSync(meta, 'utf8')), boot_id: 'the-boot-before' }),
    );
    sender = await place.start('sender');
    await until(() => openLines(logsOf(place, 'receiver'), '7').length > 3, {
      ...PATIENT,
      what: 'the next segment',
    });
    await sender.end();
    const whole = await waitForEqual(t, logsAt(place, 'sender'), '7');
    t.ok(
      whole.text.startsWith(held.text.slice(0, held.text.lastIndexOf('\n') + 1)),
      'what the receiver held is all there',
    );
    t.match(openLines(logsOf(place, 'sender'), '7')[0], /"number":2/);
    assertNoneDoubled(t, whole);
    t.equal(receiver.stderr(), '');
  },
);

t.test(
  'one node too many is refused in plain words, keeps its samples, and is admitted when another leaves',
  async (t) => {
    const place = await preparePlace(t.testdir(), { number_of_nodes: 1 });
    await using _receiver = await place.start('receiver');
    await using first = await place.start(
      'sender',
      '--node-name',
      'a',
      '--data-directory',
      join(place.directory, 'sender-a'),
    );
    await until(() => openLines(logsOf(place, 'receiver'), 'a').length > 2, {
      ...PATIENT,
      what: 'lines of a',
    });
    await using second = await place.start(
      'sender',
      '--node-name',
      'b',
      '--data-directory',
      join(place.directory, 'sender-b'),
    );
    await until(() => /takes 1 nodes \(number_of_nodes\)/.test(second.stderr()), {
      ...PATIENT,
      what: 'the refusal',
    });
    await until(() => openLines(logsOf(place, 'sender-b'), 'b').length > 10, {
      ...PATIENT,
      what: 'local samples of b',
    });
    const mails = () => place.mails().some((mail) => mail.includes('the limit of 1 nodes is reached'));
    await until(mails, { ...PATIENT, what: 'the mail about the limit' });
    await first.end();
    await until(() => openLines(logsOf(place, 'receiver'), 'b').length > 10, {
      ...PATIENT,
      what: 'lines of b',
    });
    await second.end();
    assertNoneDoubled(t, await waitForEqual(t, logsAt(place, 'sender-b'), 'b'));
  },
);

t.test(
  'a changed config.json: what can change while the receiver runs does, a wrong one is refused',
  async (t) => {
    const place = await preparePlace(t.testdir(), { number_of_nodes: 1, log_level: 'info' });
    await using receiver = await place.start('receiver');
    await using _first = await place.start('sender');
    t.match(await place.run('receiver', 'reload'), { code: 0, stdout: 'nothing has changed\n' });
    place.configure({ number_of_nodes: 0 });
    t.match(await place.run('receiver', 'reload'), { code: 2, stderr: /number_of_nodes is 0/ });
    const limitOf = async () =>
      (
        JSON.parse((await place.run('receiver', 'status', '--json')).stdout || '{}') as {
          number_of_nodes?: number;
        }
      ).number_of_nodes;
    receiver.child.kill('SIGHUP');
    const isRefused = () => receiver.stderr().includes('config.json cannot be used; the old one stays');
    await until(isRefused, { ...PATIENT, what: 'the refusal in the log, as SIGHUP has no other answer' });
    place.configure({ number_of_nodes: 2, transport: 'plain_on_encrypted_network', log_level: 'info' });
    receiver.child.kill('SIGHUP');
    const isRead = () => receiver.stderr().includes('config.json was read again, as SIGHUP asks');
    await until(isRead, { ...PATIENT, what: 'the answer to SIGHUP in the log' });
    await until(async () => (await limitOf()) === 2, { ...PATIENT, what: 'the new limit' });
    t.match(await place.run('receiver', 'reload'), { code: 0, stdout: 'holds after a restart: transport\n' });
    const args = ['--node-name', '8', '--data-directory', join(place.directory, 'sender-8')];
    await using _second = await place.start('sender', ...args);
    await until(() => openLines(logsOf(place, 'receiver'), '8').length > 0, {
      ...PATIENT,
      what: 'a second node',
    });
  },
);

t.test('sleeptime changed at the receiver reaches the sender at once, without a restart', async (t) => {
  const place = await preparePlace(t.testdir(), { sleeptime: 5 });
  await using _receiver = await place.start('receiver');
  await using _sender = await place.start('sender');
  const interval = async () => {
    const { stdout } = await place.run('sender', 'status', '--json');
    return (JSON.parse(stdout || '{}') as { sleeptime?: number }).sleeptime;
  };
  await until(async () => (await interval()) === 5, { ...PATIENT, what: 'the first interval' });
  place.configure({ sleeptime: 0.1 });
  await until(async () => (await interval()) === 0.1, { ...PATIENT, what: 'the new interval' });
  const count = openLines(logsOf(place, 'receiver'), '7').length;
  await until(() => openLines(logsOf(place, 'receiver'), '7').length > count + 5, {
    ...PATIENT,
    what: 'faster lines',
  });
  t.pass('the node took the new interval, and its lines come faster');
});
