import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { listed, makeCode, startNode } from '../../helpers/joining.ts';
import { openLines, preparePlace } from '../../helpers/programs.ts';
import { until } from '../../helpers/until.ts';
import { logsAt, logsOf, readWholeLog, waitForEqual } from '../../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 30_000 };

t.setTimeout(600_000);

t.test(
  'a node’s SD card dies: its log stays whole under its id, and the new card begins another',
  async (t) => {
    const place = await preparePlace(t.testdir());
    await using _receiver = await place.start('receiver');
    const node = await startNode(place, 'one', '--join', await makeCode(place, '--node', 'seven'));
    t.teardown(() => node.end('SIGKILL'));
    const there = () => openLines(logsOf(place, 'receiver'), 'seven').length;
    await until(() => there() > 10, { ...PATIENT, what: 'lines' });
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);

    await node.end('SIGKILL');
    rmSync(join(place.directory, 'one'), { recursive: true });
    await listed(t, place, ['seven down']);
    const before = await readWholeLog(logsOf(place, 'receiver'), 'seven');

    const code = await makeCode(place, '--node', 'seven', '--replace');
    await using again = await startNode(place, 'one', '--join', code);
    await listed(t, place, ['seven up']);
    await until(() => there() > 3, { ...PATIENT, what: 'lines of the new log' });
    const archived = readdirSync(logsOf(place, 'receiver')).find((name) => /^node-seven@[^.]*$/.test(name));
    const printed = await place.run('receiver', 'log', archived ?? 'none');
    t.equal(
      printed.stdout,
      before.text.replace(/^.*"segment":.*\n/gm, ''),
      `log ${archived} prints the old log, as it was`,
    );
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
    const verified = await place.run('receiver', 'verify');
    t.equal(verified.code, 0, verified.stdout);
    t.match(verified.stdout, archived, 'both copies of the old log are verified, too');
    await again.end();
    await waitForEqual(t, logsAt(place, 'one'), 'seven');
  },
);
