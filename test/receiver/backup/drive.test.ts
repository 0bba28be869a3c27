import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { writeMarker } from '../../../receiver/backup/marker.ts';
import { failureProblem } from '../../../receiver/backup/mirror-problem.ts';
import { writeMirrorRecord } from '../../../receiver/backup/mirror-record.ts';
import { mountDrive, NO_DRIVE } from '../../helpers/drive.ts';
import { appendSamples, contentsOf, NOON_MS } from '../../helpers/logs.ts';
import { mirroredLogs, runOnce } from './mirrored-logs.ts';

t.test(
  'mirror invariant 1: a mirror that went away is refused and told, and nothing is written',
  async (t) => {
    const { write, start, live, mirrored, directory, data, problems } = await mirroredLogs(t);
    const writer = await write('7');
    appendSamples(writer, 0, 100);
    const mirror = await start();
    await runOnce(mirror);
    const elsewhere = join(data, 'elsewhere');
    await rename(directory, elsewhere);
    appendSamples(writer, 100, 200);

    const missing = await mirror.runNow();
    t.equal(missing.kind, 'refused');
    t.match(problems.get('mirror'), {
      title: 'The mirror cannot be used',
      detail: `${directory} is not there. Nothing was written. Is the drive mounted?`,
    });
    t.strictSame((await readdir(data)).includes('mirror'), false, 'the directory is not made again');

    await mkdir(directory);
    t.equal((await mirror.runNow()).kind, 'refused');
    t.match(problems.get('mirror')?.detail, /is not the mirror that was used before/);
    t.match(
      mirror.state().problem?.detail,
      /If it is a new drive: fleetkeep-receiver backup now --new-drive/,
    );
    t.strictSame(await readdir(directory), []);
    t.ok(mirror.state().lastSuccess, 'the last success is still told');

    await rm(directory, { recursive: true });
    await rename(elsewhere, directory);
    await runOnce(mirror);
    t.strictSame([...problems.keys()], [], 'when it is back, all is well');
    t.strictSame(await contentsOf(mirrored()), await contentsOf(live()));
  },
);

t.test('a new drive is taken when the administrator says so', async (t) => {
  const { write, start, live, mirrored, directory } = await mirroredLogs(t);
  const writer = await write('7');
  appendSamples(writer, 0, 100);
  const mirror = await start();
  await runOnce(mirror);
  await rm(directory, { recursive: true });
  t.equal((await mirror.runNow()).kind, 'refused');
  const run = await mirror.runNow({ isNewDrive: true });
  t.match(run, { kind: 'succeeded', success: { writtenBytes: writer.end.offset } });
  t.strictSame(await contentsOf(mirrored()), await contentsOf(live()));
  await runOnce(mirror);
});

t.test('a receiver that lost its own disk finds its mirror again and overwrites nothing', async (t) => {
  const { write, start, mirrored, recordPath, logsRoot } = await mirroredLogs(t);
  appendSamples(await write('7'), 0, 100);
  const first = await start();
  await runOnce(first);
  await first[Symbol.asyncDispose]();
  const whole = await contentsOf(mirrored());
  await rm(recordPath);
  await rm(logsRoot, { recursive: true });
  const second = await start();
  t.equal(await runOnce(second), 0);
  t.strictSame(await contentsOf(mirrored()), whole);
});

t.test('a damaged mirror.json does not make the receiver begin a mirror', async (t) => {
  const { write, start, directory, recordPath } = await mirroredLogs(t);
  appendSamples(await write('7'), 0, 100);
  await runOnce(await start());
  await writeFile(recordPath, '{"mirror": 7');
  await rename(directory, `${directory}-elsewhere`);
  await mkdir(directory);
  const mirror = await start();
  t.equal((await mirror.runNow()).kind, 'refused');
  t.strictSame(await readdir(directory), []);
});

t.test('the device of the live logs is refused unless it is allowed', async (t) => {
  const { write, start, data, problems } = await mirroredLogs(t);
  appendSamples(await write('7'), 0, 100);
  const mirror = await start({ allowSameDevice: false });
  t.equal((await mirror.runNow()).kind, 'refused');
  t.match(problems.get('mirror')?.detail, /same device .*set mirror\.allow_same_device to true/);
  t.notOk((await readdir(data)).includes('mirror'));
});

t.test('a schedule that is none is refused at start', async (t) => {
  const { start } = await mirroredLogs(t);
  await t.rejects(start({ schedule: 'every hour' }));
});

t.test('on a drive of its own', { skip: NO_DRIVE }, async (t) => {
  t.test('a directory that must be a mount point is refused while the drive is not mounted', async (t) => {
    const drive = mountDrive(t, 4);
    const { write, start, problems } = await mirroredLogs(t, drive.path);
    appendSamples(await write('7'), 0, 100);
    const rules = { directory: drive.path, requireMountPoint: true, allowSameDevice: false };
    const mirror = await start(rules);
    await runOnce(mirror);
    drive.unmount();
    t.equal((await mirror.runNow()).kind, 'refused');
    t.match(problems.get('mirror')?.detail, /is not a mount point, and mirror\.require_mount_point is set/);
    t.strictSame(await readdir(drive.path), [], 'nothing is written below the mount point');
    drive.mount();
    t.equal((await mirror.runNow()).kind, 'refused', 'another drive is mounted there');
    t.match(problems.get('mirror')?.detail, /not the mirror that was used before/);
    t.equal((await mirror.runNow({ isNewDrive: true })).kind, 'succeeded');
  });

  t.test('a full drive is told, what was copied is sound, and the next run goes on', async (t) => {
    const drive = mountDrive(t, 2);
    const { write, start, live, mirrored, problems } = await mirroredLogs(t, drive.path);
    const writer = await write('7');
    appendSamples(writer, 0, 500);
    const mirror = await start({ allowSameDevice: false });
    await runOnce(mirror);
    const ballast = join(drive.path, 'ballast');
    await writeFile(ballast, Buffer.alloc(1_800_000));
    appendSamples(writer, 500, 1500, 500);
    t.equal((await mirror.runNow()).kind, 'failed');
    t.match(problems.get('mirror'), { title: "The mirror's drive is full", detail: /no space left.*sound/i });
    const [part, whole] = [await contentsOf(mirrored()), await contentsOf(live())];
    t.ok(part.get(1)?.length, 'something is there');
    t.ok(whole.get(1)?.startsWith(part.get(1) ?? '?'), 'and it is a prefix');
    await rm(ballast);
    await runOnce(mirror);
    t.strictSame(await contentsOf(mirrored()), whole);
    t.strictSame([...problems.keys()], []);
  });

  t.test('a full disk of the receiver is not called the drive of the mirror', async (t) => {
    const id = await writeMarker(t.testdir(), NOON_MS);
    const data = mountDrive(t, 1);
    const record = join(data.path, 'mirror.json');
    const ballast = writeFile(join(data.path, 'ballast'), Buffer.alloc(2 ** 21));
    await t.rejects(ballast, { code: 'ENOSPC' });
    const nothing = { lastSuccess: undefined, logs: [], scrubbed: undefined };
    const failure = await writeMirrorRecord(record, id, nothing).catch((error: unknown) => error);
    t.notMatch(failureProblem('/mnt/mirror', failure).title, /drive/);
    t.match(failureProblem('/mnt/mirror', failure).detail, `cannot write ${record}: ENOSPC`);
  });

  t.test('a full drive while a sealed segment is taken over leaves no half of it', async (t) => {
    const drive = mountDrive(t, 1);
    const { write, start, live, mirrored, sealer } = await mirroredLogs(t, drive.path);
    const writer = await write('7');
    // Random text does not compress, so that the segment does not fit beside the ballast.
    for (let n = 0; n < 100; n++) {
      const x = randomBytes(4000).toString('base64');
      writer.append(JSON.stringify({ t: new Date(NOON_MS + n).toISOString(), n, x }), NOON_MS + n);
    }
    writer.closeSegment(NOON_MS + 1000);
    await sealer.idle();
    const ballast = join(drive.path, 'ballast');
    await writeFile(ballast, Buffer.alloc(800_000));
    const mirror = await start();
    t.equal((await mirror.runNow()).kind, 'failed');
    t.strictSame([...(await contentsOf(mirrored())).keys()], []);
    await rm(ballast);
    await runOnce(mirror);
    t.strictSame(await contentsOf(mirrored()), await contentsOf(live()));
    const left = (await readdir(mirrored().directory)).filter((name) => name.endsWith('.tmp'));
    t.strictSame(left, []);
  });

  t.test('a drive that became read-only is told', async (t) => {
    const drive = mountDrive(t, 2);
    const { write, start, problems } = await mirroredLogs(t, drive.path);
    const writer = await write('7');
    appendSamples(writer, 0, 100);
    const mirror = await start();
    await runOnce(mirror);
    appendSamples(writer, 100, 200);
    drive.makeReadOnly();
    t.equal((await mirror.runNow()).kind, 'failed');
    t.equal(problems.get('mirror')?.title, "The mirror's drive is read-only");
  });
});
