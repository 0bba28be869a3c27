import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeDirectory } from '../../../shared/files/make-directory.ts';

t.test('makeDirectory() makes what is missing, with the permissions that are asked for', async (t) => {
  const path = join(t.testdir(), 'a/b/c');
  await makeDirectory(path, 0o700);
  for (const made of [path, join(path, '..'), join(path, '../..')])
    t.equal(statSync(made).mode & 0o777, 0o700);
});

t.test('makeDirectory() leaves a directory as it is, and follows a link to one', async (t) => {
  const root = t.testdir();
  mkdirSync(join(root, 'there'), { mode: 0o750 });
  symlinkSync('there', join(root, 'link'));
  await makeDirectory(join(root, 'there'), 0o700);
  await makeDirectory(join(root, 'link'), 0o700);
  t.equal(statSync(join(root, 'there')).mode & 0o777, 0o750);
});

t.test('makeDirectory() may be called by several at once', async (t) => {
  const path = join(t.testdir(), 'a/b/c/d/e');
  await Promise.all(Array.from({ length: 20 }, () => makeDirectory(path)));
  t.ok(statSync(path).isDirectory());
});

t.test('makeDirectory() says what is in the way', async (t) => {
  const root = t.testdir();
  writeFileSync(join(root, 'file'), '');
  await t.rejects(makeDirectory(join(root, 'file')), { code: 'EEXIST', path: join(root, 'file') });
  await t.rejects(makeDirectory(join(root, 'file/a/b')), { code: 'ENOTDIR' });
  symlinkSync('nowhere', join(root, 'dangling'));
  await t.rejects(makeDirectory(join(root, 'dangling')), { code: 'EEXIST' });
});

t.test(
  'makeDirectory() ends where a file system knows no such name and lets none be made',
  { skip: process.platform === 'linux' ? false : 'needs /proc' },
  async (t) => {
    await t.rejects(makeDirectory('/proc/nope'), { code: 'ENOENT', path: '/proc/nope' });
    await t.rejects(makeDirectory('/proc/nope/a/b'), { code: 'ENOENT', path: '/proc/nope' });
    await makeDirectory('/proc/self');
    await makeDirectory('/');
  },
);
