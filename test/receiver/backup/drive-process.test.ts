import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import t from 'tap';
import { openDrive } from '../../../receiver/backup/drive.ts';
import type { DriveKind } from '../../../receiver/backup/drive-messages.ts';
import { lockName } from '../../../receiver/backup/lock-name.ts';
import { markerPath, writeMarker } from '../../../receiver/backup/marker.ts';
import type { MirrorProgress } from '../../../receiver/backup/mirror.ts';
import { mirrorOnDrive } from '../../../receiver/backup/mirror-on-drive.ts';
import { acquireLock } from '../../../shared/control/lock-store.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { driveProcesses, isThere } from '../../helpers/drive-processes.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { guardTest } from '../../helpers/guard.ts';
import { holdFile } from '../../helpers/held-file.ts';
import { appendSamples, contentsOf } from '../../helpers/logs.ts';
import { until } from '../../helpers/until.ts';
import { mirroredLogs, runOnce } from './mirrored-logs.ts';

const PATIENT = { timeoutMs: 20_000 };
/** Two attempts to end a process, and the start of one, take seconds; this is for a machine that has much else to do, ms. */
const ENDING_MS = 40_000;

const log = pino({ level: 'silent' });

/** A directory that reading the marker of hangs in: a pipe that nobody writes to. */
function hangingDirectory(directory: string): string {
  execFileSync('mkfifo', [markerPath(directory)]);
  return directory;
}

async function processOf(parent: number, kind: DriveKind): Promise<number> {
  return await until(() => driveProcesses(parent, kind)[0], { ...PATIENT, what: 'a process for the drive' });
}

t.test('a run in a process of its own brings the mirror up to date, and tells how far it is', async (t) => {
  const { write, start, live, mirrored, data, directory } = await mirroredLogs(t);
  for (const node of ['7', '8']) appendSamples(await write(node), 0, 1000);
  await using drive = openDrive({ log });
  const mirror = await start({ run: mirrorOnDrive(drive) });
  const seen: MirrorProgress[] = [];
  const run = await mirror.runNow({ onProgress: (progress) => seen.push(progress) });
  t.match(run, { kind: 'succeeded', logs: [{ name: 'node-7' }, { name: 'node-8' }] });
  for (const node of ['7', '8']) {
    t.strictSame(await contentsOf(mirrored(node)), await contentsOf(live(node)));
  }
  t.match(seen[0], { name: /node-[78]/, count: 2 });
  t.ok(await stat(join(data, lockName(directory))), 'under a lock beside mirror.json');
  t.strictSame(driveProcesses(process.pid, 'mirror'), [], 'and when it has ended, so has the process');
});

t.test(
  'copies are verified there as well: nodes are asked here, and errors keep their code and hint',
  async (t) => {
    const { write, start, logsRoot, directory, recordPath } = await mirroredLogs(t);
    const writer = await write('7');
    appendSamples(writer, 0, 100);
    await runOnce(await start());
    const clock = fakeClock();
    await using drive = openDrive({ log, clock });
    const known = [{ node: parseNodeName('7'), log: writer.id, position: writer.end }];
    const options = {
      ...{ logsRoot, mirrorDirectory: directory, recordPath, bootId: 'boot-1', known },
      node: undefined,
    };
    const asked: unknown[] = [];
    const nodeDigest = async (...question: unknown[]) => {
      asked.push(question);
      // A node that takes its time is no drive that hangs.
      await clock.advance(60_000);
      throw new Error('it sleeps');
    };
    const report = await drive.runWhileMoving({
      order: { kind: 'verify', options },
      nodeDigest,
      limitMs: 20_000,
    });
    t.match(report, {
      verdict: 'not_proven',
      logs: [{ copies: [{}, {}, { copy: 'node', absence: 'it sleeps' }] }],
    });
    t.strictSame(asked, [['7', writer.end]]);
    const unknown = { ...options, node: parseNodeName('8') };
    await t.rejects(drive.runWhileMoving({ order: { kind: 'verify', options: unknown }, limitMs: 20_000 }), {
      code: 'NODE_UNKNOWN',
      hint: /fleetkeep-receiver nodes/,
    });
  },
);

t.test(
  'the identity is kept on the drive that was proven to be the mirror, whatever takes its place',
  async (t) => {
    const data = t.testdir({ mirror: {} });
    const [directory, elsewhere, recordPath] = [
      join(data, 'mirror'),
      join(data, 'elsewhere'),
      join(data, 'mirror.json'),
    ];
    const id = await writeMarker(directory, Date.now());
    execFileSync('mkfifo', [recordPath]);
    await using drive = openDrive({ log });
    const order = { kind: 'keep-identity', directory, recordPath, content: 'me' } as const;
    const kept = drive.run({ order });
    await processOf(process.pid, 'keep-identity');
    await rename(directory, elsewhere);
    await mkdir(directory);
    await writeFile(recordPath, JSON.stringify({ mirror: id }));
    t.equal(await kept, true);
    t.strictSame(await readdir(directory), []);
    t.equal(await readFile(join(elsewhere, 'receiver/identity.json'), 'utf8'), 'me');
    const missing = { ...order, directory: join(data, 'missing') };
    t.equal(await drive.run({ order: missing }), false);
  },
);

t.test('an order with a limit fails when nothing moves for so long', async (t) => {
  await using drive = openDrive({ log });
  const order = { kind: 'read-identity', directory: hangingDirectory(t.testdir()) } as const;
  const began = performance.now();
  await t.rejects(drive.runWhileMoving({ order, limitMs: 1_000 }), {
    code: 'MIRROR_UNUSABLE',
    message: /the second drive does not answer: nothing could be read or written since 2/,
  });
  t.ok(performance.now() - began < 1_000 + ENDING_MS);
  t.strictSame(driveProcesses(process.pid, 'read-identity'), []);
});

t.test(
  'drive invariants 1 and 2: one that hangs is killed when its order is given up, in seconds',
  async (t) => {
    await using drive = openDrive({ log });
    const order = { kind: 'read-identity', directory: hangingDirectory(t.testdir()) } as const;
    const giveUp = new AbortController();
    const given = drive.run({ order, signal: giveUp.signal });
    const pid = await processOf(process.pid, 'read-identity');
    const began = performance.now();
    giveUp.abort(new Error('enough'));
    await t.rejects(given, { message: 'enough' });
    t.ok(performance.now() - began < ENDING_MS);
    t.notOk(isThere(pid));
  },
);

t.test('disposing ends what is under way, also one that was stopped', async (t) => {
  const drive = openDrive({ log });
  const order = { kind: 'read-identity', directory: hangingDirectory(t.testdir()) } as const;
  const given = t.rejects(drive.run({ order }), { name: 'AbortError' });
  const pid = await processOf(process.pid, 'read-identity');
  process.kill(pid, 'SIGSTOP');
  const began = performance.now();
  await drive[Symbol.asyncDispose]();
  t.ok(performance.now() - began < ENDING_MS);
  t.notOk(isThere(pid));
  await given;
});

t.test(
  'drive invariant 3: a receiver that is killed takes its process along, also one that hangs',
  async (t) => {
    const program = join(import.meta.dirname, 'drive-owner-program.ts');
    guardTest();
    const owner = spawn(process.execPath, [program, hangingDirectory(t.testdir())], {
      stdio: 'ignore',
    });
    const pid = await processOf(owner.pid ?? 0, 'read-identity');
    const ended = once(owner, 'exit');
    owner.kill('SIGKILL');
    await ended;
    await until(() => !isThere(pid), { ...PATIENT, what: 'the end of its process' });
    t.pass('its process has ended');
  },
);

t.test(
  'a process that is killed by somebody else is a run that failed, and the next one is made',
  async (t) => {
    const { write, start, mirrored, problems } = await mirroredLogs(t);
    appendSamples(await write('7'), 0, 100);
    await using drive = openDrive({ log });
    const mirror = await start({ run: mirrorOnDrive(drive) });
    await mirror.runNow();
    const release = holdFile(mirrored().meta);
    const run = mirror.runNow();
    process.kill(await processOf(process.pid, 'mirror'), 'SIGKILL');
    t.match(await run, { kind: 'failed', problem: { key: 'mirror', detail: /ended with SIGKILL/ } });
    t.equal(mirror.state().logs.length, 1, 'what is known of the logs is still known');
    await release();
    t.equal((await mirror.runNow()).kind, 'succeeded');
    t.strictSame([...problems.keys()], []);
    const hanging = drive.runWhileMoving({
      order: { kind: 'read-identity', directory: hangingDirectory(t.testdir()) },
      limitMs: 60_000,
    });
    process.kill(await processOf(process.pid, 'read-identity'), 'SIGKILL');
    await t.rejects(hanging, { code: 'HELPER_ENDED', message: /ended with SIGKILL$/, hint: /killed it/ });
  },
);

t.test('a mirror at which a process of an earlier receiver still works is not written to', async (t) => {
  const { write, start, data, directory, problems } = await mirroredLogs(t);
  appendSamples(await write('7'), 0, 100);
  await using drive = openDrive({ log });
  const mirror = await start({ run: mirrorOnDrive(drive) });
  await mirror.runNow();
  const lock = acquireLock(data, lockName(directory));
  t.match(await mirror.runNow(), { kind: 'refused', problem: { title: 'The second drive does not answer' } });
  t.match(problems.get('mirror/stall')?.detail, /a process of the receiver that ran before this one/);
  lock?.[Symbol.dispose]();
  t.equal((await mirror.runNow()).kind, 'succeeded');
  t.strictSame([...problems.keys()], []);
});
