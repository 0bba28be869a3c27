import fs, { statSync } from 'node:fs';
import t, { type Test } from 'tap';
import { logPaths } from '../../../shared/log/log.ts';
import { encodeSegmentHeader } from '../../../shared/log/segment-header.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { openWriter, rememberingSealer } from '../../helpers/logs.ts';

const SEVEN = parseNodeName('7');
const AT_MS = Date.UTC(2026, 10, 21);

/** Followers on a disk that fails a sync when it is told to, and calls the next one a success, as Linux does. */
async function failingDisk(test: Test) {
  let failures = 0;
  const fdatasync = (fd: number, done: (error: Error | null) => void): void => {
    if (failures === 0) {
      fs.fdatasync(fd, done);
      return;
    }
    failures--;
    const error = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    setImmediate(done, error);
  };
  const module = await test.mockImport<typeof import('../../../shared/log/log-follower.ts')>(
    '../../../shared/log/log-follower.ts',
    { 'node:fs': { ...fs, fdatasync } },
  );
  return { openLogFollower: module.openLogFollower, failNext: () => void failures++ };
}

t.test(
  'log invariant 9: what a failed sync may have lost is cut off, and never taken for what is on the disk',
  async (t) => {
    const root = t.testdir();
    const { sealer } = rememberingSealer();
    await using writer = await openWriter(logPaths(`${root}/own`, SEVEN), { sealer }, AT_MS);
    const paths = logPaths(`${root}/copy`, SEVEN);
    const { openLogFollower, failNext } = await failingDisk(t);
    const open = async () => await openLogFollower({ paths, id: writer.id, bootId: 'boot-1', sealer });
    const header = { log: writer.id, node: SEVEN, segment: 1, bootId: 'boot-1', atMs: AT_MS };
    const first = Buffer.from(encodeSegmentHeader(header));
    const second = Buffer.from(`{"t":"2026-11-21T00:00:01.000Z","n":2}\n`);

    const follower = await open();
    await follower.beginAt(1);
    follower.append([first]);
    t.same(await follower.sync(), { segment: 1, offset: first.length });
    follower.append([second]);
    failNext();
    await t.rejects(follower.sync(), { code: 'EIO' });
    await follower[Symbol.asyncDispose]();
    t.equal(statSync(paths.open).size, first.length);

    await using again = await open();
    t.same(again.end, { segment: 1, offset: first.length }, 'it goes on where it was acknowledged');
    again.append([second]);
    t.same(await again.sync(), { segment: 1, offset: first.length + second.length });
  },
);

t.test('log invariant 9: a sync that fails as the copy is closed is no different', async (t) => {
  const root = t.testdir();
  const { sealer } = rememberingSealer();
  await using writer = await openWriter(logPaths(`${root}/own`, SEVEN), { sealer }, AT_MS);
  const paths = logPaths(`${root}/copy`, SEVEN);
  const { openLogFollower, failNext } = await failingDisk(t);
  const follower = await openLogFollower({ paths, id: writer.id, bootId: 'boot-1', sealer });
  await follower.beginAt(1);
  follower.append([Buffer.from('{}\n')]);
  await follower.sync();
  follower.append([Buffer.from('{}\n')]);
  failNext();
  await t.rejects(follower[Symbol.asyncDispose](), { code: 'EIO' });
  t.equal(statSync(paths.open).size, 3);
});
