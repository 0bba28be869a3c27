import { join } from 'node:path';
import t, { type Test } from 'tap';
import { logPaths } from '../../../shared/log/log.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { driveProcesses, isThere } from '../../helpers/drive-processes.ts';
import { mountFreezableDrive, NO_FREEZABLE_DRIVE } from '../../helpers/freezable-drive.ts';
import { holdFile } from '../../helpers/held-file.ts';
import { type Place, preparePlace, type Running } from '../../helpers/programs.ts';
import { mailAbout, someLines } from '../../helpers/signs-of-life.ts';
import { until } from '../../helpers/until.ts';
import { setUpWeb } from '../../helpers/web-client.ts';
import { logsOf, waitForEqual } from '../../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 30_000 };
/** A stop while a process hangs takes seconds, with the ends of everything else; this is for a machine that has much else to do, ms. */
const STOP_MS = 60_000;

const HANGING = {
  mirror: { allow_same_device: true, hang_seconds: 3 },
  alerts: { disconnect_grace_seconds: 1 },
};

t.setTimeout(600_000);

async function processOf(receiver: Running): Promise<number> {
  const { pid = 0 } = receiver.child;
  return await until(() => driveProcesses(pid, 'mirror')[0], { ...PATIENT, what: 'a process for the drive' });
}

/** What a run of the mirror reads first of the copy of node 7. */
function metaIn(directory: string): string {
  return logPaths(join(directory, 'logs'), parseNodeName('7')).meta;
}

/** What the receiver does for its nodes and its administrator goes on. */
async function assertWell(t: Test, place: Place): Promise<void> {
  await someLines(place);
  const refused = await place.run('receiver', 'backup', 'now');
  t.match(refused, { code: 1, stderr: /The second drive does not answer/ });
  t.match((await place.run('receiver', 'status')).stdout, /mirror .*The second drive does not answer\./);
}

t.test(
  'the second drive hangs: a mail, and nothing else waits; when it answers, the run goes on',
  async (t) => {
    const place = await preparePlace(t.testdir(), HANGING);
    await using receiver = await place.start('receiver');
    await using sender = await place.start('sender');
    await someLines(place);
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);

    const release = holdFile(metaIn(join(place.directory, 'mirror')));
    const hanging = place.run('receiver', 'backup', 'now');
    const pid = await processOf(receiver);
    process.kill(pid, 'SIGSTOP');
    await release();
    const mail = await mailAbout(place, /The second drive does not answer/);
    t.match(mail, /nothing could be read or written since/);
    await assertWell(t, place);
    const admin = await setUpWeb(place);
    t.match((await admin.ask('/api/copies')).json(), { mirror: { state: 'hanging', running: true } });
    await sender.end('SIGKILL');
    await mailAbout(place, /node 7.*is down/i);

    process.kill(pid, 'SIGCONT');
    t.equal((await hanging).code, 0);
    await mailAbout(place, /Over: The second drive does not answer/);
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
    await waitForEqual(t, { own: logsOf(place, 'sender'), there: logsOf(place, 'mirror') }, '7');
  },
);

t.test('a receiver whose second drive hangs stops within its limits', async (t) => {
  const place = await preparePlace(t.testdir(), HANGING);
  await using receiver = await place.start('receiver');
  await using sender = await place.start('sender');
  await someLines(place);
  t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
  await sender.end();
  holdFile(metaIn(join(place.directory, 'mirror')));
  const hanging = place.run('receiver', 'backup', 'now');
  const pid = await processOf(receiver);
  process.kill(pid, 'SIGSTOP');
  const began = performance.now();
  await receiver.end();
  t.ok(performance.now() - began < STOP_MS);
  t.notOk(isThere(pid));
  t.not((await hanging).code, 0);
});

t.test(
  'a drive that not even kill -9 ends: the next receiver writes nothing beside what was left behind',
  { skip: NO_FREEZABLE_DRIVE },
  async (t) => {
    using drive = mountFreezableDrive();
    const place = await preparePlace(t.testdir(), { ...HANGING, to_directory: join(drive.path, 'mirror') });
    const receiver = await place.start('receiver');
    await using sender = await place.start('sender');
    await someLines(place);
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
    await someLines(place);
    drive.freeze();
    const hanging = place.run('receiver', 'backup', 'now');
    const pid = await processOf(receiver);
    await mailAbout(place, /The second drive does not answer/);
    await assertWell(t, place);
    const began = performance.now();
    await receiver.end();
    t.ok(performance.now() - began < STOP_MS);
    t.ok(isThere(pid), 'the process is still there');
    t.not((await hanging).code, 0);

    await using _again = await place.start('receiver');
    await assertWell(t, place);
    drive.thaw();
    await until(() => !isThere(pid), { ...PATIENT, what: 'the end of the process that was left behind' });
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
    await mailAbout(place, /Over: The second drive does not answer/);
    await sender.end();
    t.equal((await place.run('receiver', 'backup', 'now')).code, 0);
    const mirrored = join(drive.path, 'mirror/logs');
    await waitForEqual(t, { own: logsOf(place, 'sender'), there: mirrored }, '7');
  },
);
