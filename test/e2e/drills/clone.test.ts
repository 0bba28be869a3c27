import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readMachineId } from '../../../shared/files/machine-id.ts';
import { listed, makeCode, startNode } from '../../helpers/joining.ts';
import { preparePlace } from '../../helpers/programs.ts';
import { until } from '../../helpers/until.ts';
import { logsAt, logsOf, waitForEqual } from '../../helpers/whole-log.ts';

t.setTimeout(600_000);

t.test(
  'a copied data directory never writes into the log of its twin: the copy becomes a node of its own',
  { skip: readMachineId() === undefined && 'this system does not tell machines apart' },
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
    t.equal(machine, readMachineId(), 'it says which machine joined');
    writeFileSync(path, JSON.stringify({ ...rest, machine: 'f'.repeat(32) }));
    const data = ['--data-directory', join(place.directory, 'two')];
    t.match(await place.run('sender', 'start', ...data), { code: 1, stderr: /has not joined a receiver/ });
    place.configure({ sender: { node_name: 'image', join_code: code } });
    await using _copy = await startNode(place, 'two');
    await using _original = await startNode(place, 'one');
    await listed(t, place, ['image up', 'image-2 up']);
  },
);

t.test(
  'a clone that nothing tells from its original joins as a node of its own while the original goes on',
  async (t) => {
    const place = await preparePlace(t.testdir());
    await using _receiver = await place.start('receiver');
    const [one, two] = ['one', 'two'].map((name) => join(place.directory, name));
    const original = await startNode(place, 'one', '--join', await makeCode(place), '--node-name', 'image');
    t.teardown(() => original.end('SIGKILL'));
    await listed(t, place, ['image up']);
    cpSync(String(one), String(two), { recursive: true, filter: (path) => !path.endsWith('.sock') });
    const clone = await startNode(place, 'two', '--node-name', 'image');
    t.teardown(() => clone.end('SIGKILL'));
    await listed(t, place, ['image up', 'image-2 up']);
    await until(() => place.mails().some((mail) => /two machines connect as node image/.test(mail)), {
      timeoutMs: 30_000,
      what: 'the mail that names both',
    });
    t.equal(clone.child.exitCode, null, 'the clone is the process that it was');
    await original.end();
    await clone.end();
    await waitForEqual(t, logsAt(place, 'one'), 'image');
    await waitForEqual(t, logsAt(place, 'two'), 'image-2');
    const logs = readdirSync(logsOf(place, 'receiver'), { recursive: true, encoding: 'utf8' });
    t.same(
      logs.filter((name) => /aside|@/.test(name)),
      [],
      'nothing of the original was set aside',
    );
    t.notMatch(place.mails().join(), /never happens on a sound disk/);
    t.ok(
      readdirSync(String(two)).some((name) => name.startsWith('logs@copied-')),
      'what the clone had is kept',
    );
  },
);
