import { join } from 'node:path';
import t from 'tap';
import { listed, makeCode, nodesOf, startNode } from '../../helpers/joining.ts';
import { preparePlace } from '../../helpers/programs.ts';
import { until } from '../../helpers/until.ts';

const PATIENT = { timeoutMs: 30_000 };

t.setTimeout(600_000);

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
