import { mkdir } from 'node:fs/promises';
import t from 'tap';
import { findFaults } from '../../../receiver/backup/find-faults.ts';
import { logPaths } from '../../../shared/log/log.ts';
import { recordLost, recordSealed } from '../../../shared/log/segment-records.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';

const MILLIONS = 99_999_990;
const SEALED = { bytes: 1, sha256: '00'.repeat(32), fromMs: 0, toMs: 0, isShort: false };

t.test('a loss of millions of segments, as a node may claim it, holds up nobody', async (t) => {
  const paths = logPaths(t.testdir(), parseNodeName('7'));
  await mkdir(paths.directory);
  for (const number of [1, 3, MILLIONS]) await recordSealed(paths, { ...SEALED, number });
  await recordLost(paths, { from: 2, to: 2, reason: 'a test', atMs: 0 });
  // Overlapping claims, the same again and again: each number would be compared with all of them.
  for (let claim = 0; claim < 50; claim++)
    await recordLost(paths, { from: 4, to: MILLIONS - 3, reason: 'a test', atMs: 0 });
  const startMs = performance.now();
  const { missing } = await findFaults(paths, { isRead: () => false });
  t.strictSame([...missing], [1, 3, MILLIONS - 2, MILLIONS - 1, MILLIONS]);
  t.ok(performance.now() - startMs < 3000, 'it looks at what is there, not at each number');
});
