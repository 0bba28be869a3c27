import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { listed, makeCode, startNode } from '../helpers/joining.ts';
import { openLines, preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { logsAt, logsOf, waitForEqual } from '../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 30_000 };

t.setTimeout(600_000);

t.test(
  'a stranger with an unused code and the whole log of a node gets neither its name nor its log',
  async (t) => {
    const place = await preparePlace(t.testdir());
    await using _receiver = await place.start('receiver');
    const victim = await startNode(place, 'one', '--join', await makeCode(place), '--node-name', 'kitchen');
    t.teardown(() => victim.end('SIGKILL'));
    await listed(t, place, ['kitchen up']);
    const logs = (name: string) => join(place.directory, name, 'logs');
    const idOf = (root: string) => /"log":"([^"]+)"/.exec(openLines(root, 'kitchen')[0] ?? '')?.[1];
    const victimLog = idOf(logs('one'));
    for (const name of ['two', 'three', 'four']) cpSync(logs('one'), logs(name), { recursive: true });
    const join2 = ['--join', await makeCode(place), '--node-name', 'kitchen'];
    await using _second = await startNode(place, 'two', ...join2);
    await listed(t, place, ['kitchen up', 'kitchen-2 up']);
    const wrongCode = await makeCode(place, '--node', 'kitchen');
    const refused = await place.run(
      'sender',
      'start',
      '--join',
      wrongCode,
      '--data-directory',
      join(place.directory, 'three'),
    );
    t.match(refused, { code: 1, stderr: /another machine is node kitchen.*--replace/ });

    t.equal((await place.run('receiver', 'nodes', 'revoke', 'kitchen')).code, 0);
    await using _third = await startNode(
      place,
      'three',
      '--join',
      await makeCode(place),
      '--node-name',
      'kitchen',
    );
    await listed(t, place, ['kitchen up', 'kitchen-2 up']);
    const isItsOwn = () => ![victimLog, undefined].includes(idOf(logsOf(place, 'receiver')));
    await until(isItsOwn, { ...PATIENT, what: 'a log of its own under the name that was free' });
    t.ok(
      readdirSync(logsOf(place, 'receiver')).includes(`node-kitchen@${victimLog}`),
      'the other log is kept',
    );
    await victim.end();

    const byHand = await place.run('receiver', 'join-code', '--node', 'kitchen', '--replace');
    t.match(byHand.stderr, /is refused as soon as another one joins/);
    await using fourth = await startNode(
      place,
      'four',
      '--join',
      byHand.stdout.trim().split(' ').at(-1) ?? '',
    );
    const isBack = () => idOf(logsOf(place, 'receiver')) === victimLog;
    await until(isBack, { ...PATIENT, what: 'the log that an administrator gave to this machine' });
    const lines = () => openLines(logsOf(place, 'receiver'), 'kitchen').length;
    const before = lines();
    await until(() => lines() > before + 3, { ...PATIENT, what: 'more of that log, from the new machine' });
    await fourth.end();
    await waitForEqual(t, logsAt(place, 'four'), 'kitchen');
    t.match(await place.run('receiver', 'join-code', '--replace'), {
      code: 2,
      stderr: /--replace needs --node/,
    });
  },
);
