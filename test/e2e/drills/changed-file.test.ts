import { renameSync, truncateSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { contentOf, pathsIn } from '../../helpers/logs.ts';
import { openLines, type Place, preparePlace } from '../../helpers/programs.ts';
import { until } from '../../helpers/until.ts';
import { logsOf } from '../../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 60_000 };

t.setTimeout(300_000);

/** Waits until the receiver is in a segment, with some lines of it. */
async function arrived(place: Place, segment: number, lines = 3): Promise<void> {
  const open = () => openLines(logsOf(place, 'receiver'), '7');
  const isThere = () => open()[0]?.includes(`"number":${segment},`) === true && open().length > lines;
  await until(isThere, { ...PATIENT, what: () => `segment ${segment}; it has ${open()[0]}` });
}

function cut(path: string): void {
  truncateSync(path, 0);
}

function moveAndTouch(path: string): void {
  renameSync(path, `${path}.1`);
  writeFileSync(path, '');
}

t.test(
  'something else changes log files: nothing that was acknowledged is lost, and a mail says so',
  async (t) => {
    const place = await preparePlace(t.testdir());
    await using _receiver = await place.start('receiver');
    const [own, there] = [pathsIn(logsOf(place, 'sender')), pathsIn(logsOf(place, 'receiver'))];
    const first = await place.start('sender');
    t.teardown(() => first.end('SIGKILL'));
    await arrived(place, 1);
    const running = await contentOf(there, 1);
    cut(own.open);
    await arrived(place, 2);
    t.ok((await contentOf(own, 1)).startsWith(running), 'cut on a node that runs: all comes back');
    t.ok((await contentOf(there, 1)).startsWith(running), 'the receiver has kept it');

    await first.end();
    const stopped = await contentOf(there, 2);
    moveAndTouch(own.open);
    await using _again = await place.start('sender');
    await arrived(place, 3);
    t.equal(await contentOf(own, 2), stopped, 'moved on a node that is stopped: all comes back');

    const live = await contentOf(there, 3);
    moveAndTouch(there.open);
    const lines = live.split('\n').length + 2;
    await arrived(place, 3, lines);
    t.ok((await contentOf(there, 3)).startsWith(live), 'moved at the receiver: it is put back');
    const told = () =>
      place
        .mails()
        .join('\n')
        .replaceAll(/=\r?\n/g, '');
    for (const title of ['changed a file of the log on node 7', "changed the receiver's log of node 7"])
      await until(() => told().includes(title), {
        ...PATIENT,
        what: () => `a mail: ${title}; there are: ${told()}`,
      });
    const listed = (await place.run('receiver', 'alerts')).stdout;
    t.match(listed, /happened .*changed a file of the log on node 7/, 'alerts lists it for a day');
  },
);
