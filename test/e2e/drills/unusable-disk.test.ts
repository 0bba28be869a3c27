import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type Drive, mountDrive, NO_DRIVE } from '../../helpers/drive.ts';
import { openLines, type Place, type ProgramName, preparePlace } from '../../helpers/programs.ts';
import { until } from '../../helpers/until.ts';

t.setTimeout(600_000);

/** The whole of standard error: no log line, no stack. */
const ONE_SENTENCE = /^error: .*(the disk is full|no space|read-only).*\nhint: .*\n$/;

function fill(drive: Drive, bytes: number): Drive {
  writeFileSync(join(drive.path, 'ballast'), Buffer.alloc(bytes));
  return drive;
}

async function startOn(place: Place, program: ProgramName, { path }: Drive, ...more: readonly string[]) {
  return await place.run(program, 'start', '--data-directory', join(path, 'data'), ...more);
}

t.test('a start on a disk that cannot be used is one sentence and a hint', { skip: NO_DRIVE }, async (t) => {
  const place = await preparePlace(t.testdir(), { log_level: 'error' });
  await using _receiver = await place.start('receiver');
  const { stdout } = await place.run('receiver', 'join-code', '--json', '--uses', '9');
  const join = ['--join', (JSON.parse(stdout) as { code: string }).code];
  const readOnly = mountDrive(t, 1);
  readOnly.makeReadOnly();
  const inodes = (count: number) => mountDrive(t, 2, count);
  const drives: readonly (readonly [string, ProgramName, Drive])[] = [
    ['full', 'receiver', fill(mountDrive(t, 1), 2 ** 20)],
    ['room for the lock only', 'receiver', fill(mountDrive(t, 1), 2 ** 20 - 2 ** 14)],
    ['read-only', 'receiver', readOnly],
    ...[3, 6, 9, 11, 12].map((count) => [`${count} inodes`, 'receiver', inodes(count)] as const),
    ['full', 'sender', fill(mountDrive(t, 1), 2 ** 20)],
    ...[3, 6].map((count) => [`${count} inodes`, 'sender', inodes(count)] as const),
  ];
  for (const [name, program, drive] of drives) {
    const { code, stderr } = await startOn(place, program, drive, ...(program === 'sender' ? join : []));
    t.equal(code, 1, `${program}, ${name}`);
    t.match(stderr, ONE_SENTENCE, `${program}, ${name}`);
  }
});

t.test('a stop on a disk that is full says so', { skip: NO_DRIVE }, async (t) => {
  const place = await preparePlace(t.testdir());
  const drive = mountDrive(t, 2);
  const data = join(drive.path, 'sender');
  place.configure({ sender: { data_directory: data, node_name: '7' }, log_level: 'silent' });
  await using _receiver = await place.start('receiver');
  await using sender = await place.start('sender', '--data-directory', data);
  await until(() => openLines(join(data, 'logs'), '7').length > 3, { timeoutMs: 40_000, what: 'lines' });
  t.throws(() => fill(drive, 2 ** 22), { code: 'ENOSPC' });
  await sender.end();
  t.equal(sender.child.exitCode, 1);
  t.match(sender.stderr(), ONE_SENTENCE);
});
