import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { joinedBefore } from '../helpers/known-nodes.ts';
import { openLines, preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { logsOf, readWholeLog, waitForEqual } from '../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 40_000 };

t.setTimeout(120_000);

t.test('wrong settings and commands are told in a sentence, with exit code 2', async (t) => {
  const place = await preparePlace(t.testdir());
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ sleeptme: 1 }, /unknown key "sleeptme"; did you mean "sleeptime"\?/],
    [{ number_of_nodes: 'many' }, /number_of_nodes is "many", but must be/],
  ];
  for (const [config, message] of cases) {
    place.configure(config);
    const { code, stderr } = await place.run('receiver', 'start');
    t.equal(code, 2);
    t.match(stderr, message);
    t.notMatch(stderr, / {4}at /, 'no stack');
  }
  place.configure({});
  t.match(await place.run('receiver', 'strat'), { code: 2, stderr: /Did you mean start\?/ });
  t.match(await place.run('receiver', 'log', '../x'), { code: 1, stderr: /is not a node name/ });
  t.match(await place.run('receiver', 'restore'), { code: 2, stderr: /say either which node, or --all/ });
  for (const program of ['receiver', 'sender'] as const) {
    t.match(await place.run(program, '--help'), { code: 0, stdout: /Exit codes: 0 fine/ });
  }
});

t.test(
  'a taken port, a file where a directory should be, a second program, nobody there: exit code 1 and a hint',
  async (t) => {
    const place = await preparePlace(t.testdir());
    const server = createServer().listen(place.port, '127.0.0.1');
    await once(server, 'listening');
    t.match(await place.run('receiver', 'start'), {
      code: 1,
      stderr: /another program already listens on 127\.0\.0\.1/,
    });
    server.close();
    writeFileSync(join(place.directory, 'file'), '');
    const inFile = ['--data-directory', join(place.directory, 'file/x')];
    t.match(await place.run('receiver', 'start', ...inFile), { code: 1, stderr: /ENOTDIR/ });
    t.match(await place.run('sender', 'start', ...inFile), { code: 1, stderr: /ENOTDIR/ });
    t.match(await place.run('receiver', 'status'), { code: 1, stderr: /no fleetkeep-receiver runs in/ });
    t.match(await place.run('sender', 'status'), { code: 1, stderr: /no fleetkeep-sender runs in/ });

    t.match(await place.run('sender', 'start'), {
      code: 1,
      stderr: /this machine has not joined a receiver[\s\S]*fleetkeep-receiver join-code/,
    });
    t.match(await place.run('sender', 'start', '--join', 'fk1-AAAA'), { code: 2, stderr: /is no join code/ });
    await joinedBefore(join(place.directory, 'sender'), '7', place.port);
    await using _sender = await place.start('sender');
    await until(() => openLines(logsOf(place, 'sender'), '7').length > 3, {
      ...PATIENT,
      what: 'samples without a receiver',
    });
    t.match(await place.run('sender', 'start'), {
      code: 1,
      stderr: /another fleetkeep-sender \(pid \d+\) works in/,
    });
    t.match(await place.run('sender', 'start', '--if-not-running', '--quiet'), { code: 0, stdout: '' });
  },
);

const isRoot = process.getuid?.() === 0;

/** A small file system of its own. */
interface SmallDisk extends Disposable {
  readonly path: string;
}

/** Mounts a small file system outside of the test's directory, which is removed before it could be unmounted. */
function mountSmall(size: string): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'fleetkeep-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]);
  return {
    path,
    [Symbol.dispose]() {
      execFileSync('umount', ['-l', path]);
      rmdirSync(path);
    },
  };
}

t.test(
  'a full disk at the receiver loses nothing: when there is room again, everything arrives',
  {
    skip: isRoot ? false : 'needs root, to mount a small file system',
  },
  async (t) => {
    const place = await preparePlace(t.testdir());
    using disk = mountSmall('4m');
    const data = join(disk.path, 'receiver');
    place.configure({ receiver: { data_directory: data, commit_seconds: 0.02, workers: 1 } });
    const there = join(data, 'logs');
    await using receiver = await place.start('receiver');
    await using sender = await place.start('sender');
    await until(() => openLines(there, '7').length > 3, { ...PATIENT, what: 'lines' });
    fill(join(data, 'ballast'));
    await until(() => /cannot store|no space/i.test(sender.stderr()), { ...PATIENT, what: 'the refusal' });
    const count = openLines(logsOf(place, 'sender'), '7').length;
    await until(() => openLines(logsOf(place, 'sender'), '7').length > count + 5, {
      ...PATIENT,
      what: 'local samples',
    });
    rmSync(join(data, 'ballast'));
    const own = () => openLines(logsOf(place, 'sender'), '7').length;
    await until(() => openLines(there, '7').length > own() - 5, {
      ...PATIENT,
      what: 'the rest',
    });
    await sender.end();
    await waitForEqual(t, { own: logsOf(place, 'sender'), there }, '7');
    t.notMatch(receiver.stderr(), /this is a bug/);
  },
);

t.test(
  'a full disk at the node is counted, told in the log, and over when there is room again',
  {
    skip: isRoot ? false : 'needs root, to mount a small file system',
  },
  async (t) => {
    const place = await preparePlace(t.testdir());
    using disk = mountSmall('200k');
    const data = join(disk.path, 'sender');
    place.configure({ sender: { data_directory: data, node_name: '7', sync_seconds: 1 } });
    const here = join(data, 'logs');
    await using _receiver = await place.start('receiver');
    await using sender = await place.start('sender');
    await until(() => openLines(here, '7').length > 3, { ...PATIENT, what: 'lines' });
    fill(join(data, 'ballast'));
    await until(() => /samples are being lost/.test(sender.stderr()), { ...PATIENT, what: 'the full disk' });
    rmSync(join(data, 'ballast'));
    const isTold = async () =>
      /"event":\{"kind":"lost","samples":\d+/.test((await readWholeLog(logsOf(place, 'receiver'), '7')).text);
    await until(isTold, { ...PATIENT, what: 'the event in the log' });
    await sender.end();
    await waitForEqual(t, { own: here, there: logsOf(place, 'receiver') }, '7');
  },
);

/** Fills a file system to its last byte. */
function fill(path: string): void {
  try {
    for (let size = 64 * 1024; ; ) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
  } catch {
    // Now in smaller steps, until nothing fits any more.
  }
  try {
    for (;;) writeFileSync(path, Buffer.alloc(256), { flag: 'a' });
  } catch {
    // Full.
  }
}
