import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import t from 'tap';
import { openDrive } from '../../../receiver/backup/drive.ts';
import type { MirrorOptions, MirrorRun } from '../../../receiver/backup/mirror.ts';
import { mirrorOnDrive } from '../../../receiver/backup/mirror-on-drive.ts';
import { driveProcesses, isThere } from '../../helpers/drive-processes.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { mountFreezableDrive, NO_FREEZABLE_DRIVE } from '../../helpers/freezable-drive.ts';
import { holdFile } from '../../helpers/held-file.ts';
import { appendSamples, contentsOf } from '../../helpers/logs.ts';
import { until } from '../../helpers/until.ts';
import { mirroredLogs, runOnce } from './mirrored-logs.ts';

const PATIENT = { timeoutMs: 20_000 };
/** Longer than starting a process takes on a busy machine. */
const STALL_MS = 2_000;
/** What ending a process that hangs takes seconds of, on a machine that has much else to do, ms. */
const ENDING_MS = 40_000;

t.setTimeout(600_000);

/** A log, mirrored by processes, and grown since. */
async function mirroredOnDrive(t: Parameters<typeof mirroredLogs>[0], drivePath?: string) {
  const logs = await mirroredLogs(t, drivePath);
  const writer = await logs.write('7');
  appendSamples(writer, 0, 100);
  const drive = openDrive({ log: pino({ level: 'silent' }) });
  t.teardown(async () => await drive[Symbol.asyncDispose]());
  const start = async (options: Partial<MirrorOptions> = {}) =>
    await logs.start({ run: mirrorOnDrive(drive), stallMs: STALL_MS, ...options });
  const mirror = await start();
  await runOnce(mirror);
  appendSamples(writer, 100, 200);
  const stalled = () =>
    until(() => logs.problems.get('mirror/stall'), { ...PATIENT, what: 'the problem to be told' });
  return { ...logs, writer, drive, mirror, start, stalled };
}

t.test('mirror invariant 8: a drive that hangs is told, and when it answers the run goes on', async (t) => {
  const { mirror, stalled, problems, raised, live, mirrored } = await mirroredOnDrive(t);
  const release = holdFile(mirrored().meta);
  const hanging = mirror.runNow();
  const waiting = mirror.runNow();

  const problem = await stalled();
  t.equal(problem.title, 'The second drive does not answer');
  t.match(problem.detail, /^.*mirror: nothing could be read or written since 20.*Z\. .*goes on by itself/);
  t.strictSame(mirror.state().problem, problem);
  t.equal(mirror.state().running?.reason, 'asked');
  t.strictSame(
    await waiting,
    { kind: 'refused', problem, wanted: [] },
    'who waits for his turn waits no longer',
  );
  t.strictSame(await mirror.runNow(), { kind: 'refused', problem, wanted: [] }, 'nor does who comes then');

  await release();
  t.equal((await hanging).kind, 'succeeded');
  t.strictSame([...problems.keys()], []);
  t.equal(mirror.state().problem, undefined);
  t.equal(raised.length, 1);
  t.strictSame(await contentsOf(mirrored()), await contentsOf(live()));
});

t.test('a process that stands still is told as well, and when it goes on all is well', async (t) => {
  const { mirror, stalled, problems, live, mirrored } = await mirroredOnDrive(t);
  const release = holdFile(mirrored().meta);
  const hanging = mirror.runNow();
  const pid = await theProcess();
  process.kill(pid, 'SIGSTOP');
  await release();
  await stalled();
  process.kill(pid, 'SIGCONT');
  await until(() => problems.size === 0, { ...PATIENT, what: 'the end of the problem' });
  t.equal((await hanging).kind, 'succeeded');
  t.strictSame(await contentsOf(mirrored()), await contentsOf(live()));
});

t.test('disposing does not wait for a drive that hangs, and what is wrong stays wrong', async (t) => {
  const { mirror, stalled, problems, start, mirrored } = await mirroredOnDrive(t);
  const release = holdFile(mirrored().meta);
  const given = t.rejects(mirror.runNow(), { name: 'AbortError' });
  const pid = await theProcess();
  process.kill(pid, 'SIGSTOP');
  await release();
  const problem = await stalled();
  const began = performance.now();
  await mirror[Symbol.asyncDispose]();
  await given;
  t.ok(performance.now() - began < ENDING_MS);
  t.notOk(isThere(pid));
  t.strictSame(mirror.state().problem, problem);
  t.ok(problems.has('mirror/stall'), 'nobody is told that it is over');
  await runOnce(await start());
  t.strictSame([...problems.keys()], [], 'until a run gets through');
});

t.test(
  'drive invariant 2: a process that no signal ends is left behind, and nobody writes beside it',
  { skip: NO_FREEZABLE_DRIVE },
  async (t) => {
    using frozen = mountFreezableDrive();
    const { mirror, start, stalled, problems, live, mirrored, data, recordPath } = await mirroredOnDrive(
      t,
      frozen.path,
    );
    const recordAside = `${recordPath}.aside`;
    await copyFile(recordPath, recordAside);
    frozen.freeze();
    const giveUp = new AbortController();
    const given = t.rejects(mirror.runNow({ signal: giveUp.signal }), { message: 'enough' });
    const pid = await theProcess();
    await stalled();
    const began = performance.now();
    giveUp.abort(new Error('enough'));
    await given;
    t.ok(performance.now() - began < ENDING_MS);
    t.ok(isThere(pid), 'the kernel does not let go of it');
    t.match(await mirror.runNow(), { kind: 'refused', problem: { key: 'mirror/stall' } });
    t.match(problems.get('mirror/stall')?.detail, `process ${pid} still waits for it`);

    const elsewhere = await start({ directory: join(data, 'other-drive') });
    t.equal((await elsewhere.runNow({ isNewDrive: true })).kind, 'succeeded', 'another drive can be used');
    t.equal((await elsewhere.runNow()).kind, 'succeeded');
    await elsewhere[Symbol.asyncDispose]();
    await copyFile(recordAside, recordPath);

    frozen.thaw();
    const succeeds = async () => (await mirror.runNow()).kind === 'succeeded';
    await until(succeeds, { ...PATIENT, what: 'a run, once the process has ended' });
    t.notOk(isThere(pid));
    t.strictSame([...problems.keys()], []);
    t.strictSame(await contentsOf(mirrored()), await contentsOf(live()));
  },
);

t.test('a run that was waiting when the one before began to hang is not made later', async (t) => {
  const clock = fakeClock();
  const { promise: hangs, resolve: end } = Promise.withResolvers<MirrorRun>();
  let runs = 0;
  const run: MirrorOptions['run'] = async () => {
    runs++;
    return await hangs;
  };
  const { start } = await mirroredLogs(t);
  const mirror = await start({ run, clock, stallMs: STALL_MS });
  const waiting = mirror.runNow();
  await until(() => runs === 1, { ...PATIENT, what: 'the run that is due at the start' });
  await clock.advance(2 * STALL_MS);
  t.match(await waiting, { kind: 'refused' });
  end({
    kind: 'succeeded',
    success: { atMs: clock.now(), tookMs: 1, writtenBytes: 0, uptime: undefined },
    logs: [],
    wanted: [],
  });
  await until(() => mirror.state().problem === undefined, { ...PATIENT, what: 'the end of the run' });
  t.equal((await mirror.runNow()).kind, 'succeeded');
  t.equal(runs, 2);
});

async function theProcess(): Promise<number> {
  return await until(() => driveProcesses(process.pid, 'mirror')[0], {
    ...PATIENT,
    what: 'the process of the run',
  });
}
