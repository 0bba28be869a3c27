import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { listed, makeCode, startNode } from '../../helpers/joining.ts';
import { preparePlace } from '../../helpers/programs.ts';
import { until } from '../../helpers/until.ts';
import { assertNoneDoubled, logsAt, logsOf, readWholeLog, waitForEqual } from '../../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 30_000 };

t.setTimeout(600_000);

t.test(
  'the receiver’s disk dies: restore from the mirror, and the node brings what came later',
  async (t) => {
    const place = await preparePlace(t.testdir(), { log: { segment_bytes: 65_536 } });
    const receiver = await place.start('receiver');
    await using sender = await startNode(place, 'one', '--join', await makeCode(place, '--node', 'seven'));
    const bytesThere = async () => (await readWholeLog(logsOf(place, 'receiver'), 'seven')).bytes;
    await until(async () => (await bytesThere()) > 75_000, { ...PATIENT, what: 'a sealed segment' });
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
    t.match((await place.run('receiver', 'restore', '--all')).stderr, /another fleetkeep-receiver/);
    const mirrored = await readWholeLog(logsOf(place, 'mirror'), 'seven');
    await until(async () => (await bytesThere()) > mirrored.bytes, {
      ...PATIENT,
      what: 'lines the mirror lacks',
    });

    await receiver.end('SIGKILL');
    rmSync(join(place.directory, 'receiver'), { recursive: true });
    const restored = await place.run('receiver', 'restore', '--all');
    t.equal(restored.code, 0, restored.stderr);
    const live = await readWholeLog(logsOf(place, 'receiver'), 'seven');
    t.equal(live.sha256, mirrored.sha256, 'as it was at the last run of the mirror');

    await using _again = await place.start('receiver');
    await listed(t, place, ['seven up']);
    await until(async () => (await bytesThere()) > live.bytes, { ...PATIENT, what: 'what came later' });
    await sender.end();
    assertNoneDoubled(t, await waitForEqual(t, logsAt(place, 'one'), 'seven'));
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0, 'the mirror goes on where it was');
  },
);

t.test('also without a restore it goes on from the mirror: no node has to join anew', async (t) => {
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
