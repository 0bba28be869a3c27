import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { checkDirectory } from '../../../shared/doctor/check-directory.ts';
import { checkClock, checkOpenFiles, checkRuntime } from '../../../shared/doctor/check-machine.ts';
import { fine, problem, renderFindings, warning } from '../../../shared/doctor/finding.ts';
import { mountDrive, NO_DRIVE } from '../../helpers/drive.ts';

const MAY_ALL = process.getuid?.() === 0 ? 'root may read and write everything' : false;

const NOW_MS = Date.UTC(2026, 10, 21);

t.test('a runtime that is too old is a problem', async (t) => {
  for (const version of ['v24.15.0', 'v24.21.1', 'v25.0.0'])
    t.match(checkRuntime(version), { level: 'fine' });
  for (const version of ['v24.14.9', 'v20.20.2'])
    t.match(checkRuntime(version), { level: 'problem', hint: /24\.15/ });
});

t.test('a clock that cannot be right is a problem, one that nobody keeps a warning', async (t) => {
  const marker = join(t.testdir({ synchronized: '' }), 'synchronized');
  t.match(checkClock(NOW_MS, [marker]), { level: 'fine' });
  t.match(checkClock(Date.UTC(1970, 0, 1), [marker]), { level: 'problem', text: /1970/ });
  if (process.platform === 'linux') t.match(checkClock(NOW_MS, []), { level: 'warning', hint: /chrony/ });
});

t.test('too few open files are a warning that names the number', async (t) => {
  const limits = 'Max open files            1024                 524288               files     \n';
  t.match(checkOpenFiles(400, limits), { level: 'fine' });
  t.match(checkOpenFiles(15_100, limits), { level: 'warning', hint: /ulimit -n 15100/ });
  t.match(checkOpenFiles(1, 'Max open files            unlimited   unlimited   files'), { level: 'fine' });
});

t.test('a directory: there, to be made, a file, or not ours to write', async (t) => {
  const directory = t.testdir({ file: '' });
  t.match(await checkDirectory('x', directory), { text: /free/ });
  t.match(await checkDirectory('x', join(directory, 'a/b')), { text: /a\/b \(will be made\).*free/ });
  t.match(await checkDirectory('x', join(directory, 'file/b')), { level: 'problem' });
  t.match(await checkDirectory('x', join(directory, 'file')), { level: 'problem', text: /is no directory/ });
  if (process.platform === 'linux')
    t.match(await checkDirectory('x', '/proc/nope'), { level: 'problem', text: /nothing can be kept there/ });
});

t.test('a directory whose disk has no inode left, or is read-only', { skip: NO_DRIVE }, async (t) => {
  const { path } = mountDrive(t, 4);
  execFileSync('mount', ['-o', 'remount,nr_inodes=2', path]);
  await writeFile(join(path, 'last'), '');
  const full = { level: 'problem', text: /free, .*; 0 of 2 inodes free$/, hint: /no new one can be made/ };
  t.match(await checkDirectory('x', path), full);
  execFileSync('mount', ['-o', 'remount,ro', path]);
  t.match(await checkDirectory('x', path), { level: 'problem', text: /read-only/, hint: /dmesg/ });
});

t.test('a directory that this user may not write', { skip: MAY_ALL }, async (t) => {
  const directory = t.testdir();
  chmodSync(directory, 0o500);
  t.match(await checkDirectory('x', directory), { level: 'problem', text: /this user may not write/ });
});

t.test(
  'findings in a table, the hint below what is not fine; nothing from outside can rewrite the terminal',
  async (t) => {
    const text = renderFindings([
      fine('node', 'v24'),
      warning('clock', 'late\u001b[2J', 'set it'),
      problem('x', 'y', 'z'),
    ]);
    t.equal(
      text,
      'ok    node   v24\nwarn  clock  late\ufffd[2J\n             → set it\nFAIL  x      y\n             → z\n',
    );
  },
);
