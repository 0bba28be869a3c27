import { join } from 'node:path';
import t from 'tap';
import { syncDirectory, syncDirectorySync } from '../../../shared/files/sync-directory.ts';

t.test('a directory can be synced, in both ways', async (t) => {
  const directory = t.testdir({ file: '' });
  await t.resolves(syncDirectory(directory));
  t.doesNotThrow(() => syncDirectorySync(directory));
});

const skip = process.platform === 'win32' ? 'nothing is synced on Windows' : false;

t.test('a directory that is not there is an error, since nothing was made durable', { skip }, async (t) => {
  const missing = join(t.testdir(), 'missing');
  await t.rejects(syncDirectory(missing), { code: 'ENOENT' });
  t.throws(() => syncDirectorySync(missing), { code: 'ENOENT' });
});
