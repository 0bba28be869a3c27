import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { switchLog } from '../../../shared/log/archive-log.ts';
import type { LogPaths } from '../../../shared/log/log.ts';
import { readLogMeta } from '../../../shared/log/log-meta.ts';
import type { LogId } from '../../../shared/names/log-id.ts';
import { appendSamples, contentsOf, openWriter, pathsIn, rememberingSealer } from '../../helpers/logs.ts';

/** Writes a log of two segments below `root`, and closes it. */
async function writeLog(paths: LogPaths): Promise<LogId> {
  const { sealer } = rememberingSealer();
  await using _ = sealer;
  await using writer = await openWriter(paths, { sealer });
  appendSamples(writer, 0, 5);
  writer.closeSegment(0);
  await sealer.idle();
  appendSamples(writer, 5, 8);
  return writer.id;
}

t.test(
  'log invariant 8: a reinstalled node has a new log, the old one stays and may come back',
  async (t) => {
    const paths = pathsIn(t.testdir());
    const first = await writeLog(paths);
    const before = await contentsOf(paths);
    const other = '00000000-0000-7000-8000-000000000000' as LogId;
    await switchLog(paths, first, first);
    t.same(await contentsOf(paths), before, 'the same log: nothing to do');
    await switchLog(paths, first, other);
    t.equal(await readLogMeta(paths), undefined);
    t.same((await contentsOf(paths)).size, 0);
    t.match(await readFile(join(paths.root, `node-7@${first}.log`), 'utf8'), first);
    const second = await writeLog(paths);
    await switchLog(paths, second, first);
    t.equal((await readLogMeta(paths))?.id, first);
    t.same(await contentsOf(paths), before);
    t.match(await readFile(join(paths.root, `node-7@${second}.log`), 'utf8'), second);
  },
);

t.test('log invariant 7: a switch that was killed half-way is finished by the next', async (t) => {
  const paths = pathsIn(t.testdir());
  const first = await writeLog(paths);
  const before = await contentsOf(paths);
  const other = '00000000-0000-7000-8000-000000000000' as LogId;
  const [open, directory] = [join(paths.root, `node-7@${first}.log`), join(paths.root, `node-7@${first}`)];
  await rename(paths.open, open);
  await switchLog(paths, first, other);
  await rename(open, paths.open);
  await switchLog(paths, undefined, first);
  t.same(await contentsOf(paths), before, 'killed while going, and while coming back');
  await switchLog(paths, first, other);
  await rename(open, paths.open);
  await switchLog(paths, undefined, other);
  t.same((await contentsOf(paths)).size, 0, 'a part that had come back goes again when a third log comes');
  await mkdir(paths.directory);
  await switchLog(paths, undefined, first);
  t.same(await contentsOf(paths), before);
  await t.rejects(readFile(directory), { code: 'ENOENT' });
});

t.test(
  'log invariant 8: an old copy in the place of the open segment replaces nothing archived',
  async (t) => {
    const paths = pathsIn(t.testdir());
    const first = await writeLog(paths);
    const content = await readFile(paths.open);
    const other = '00000000-0000-7000-8000-000000000000' as LogId;
    await switchLog(paths, first, other);
    const second = await writeLog(paths);
    for (const present of [second, undefined]) {
      await writeFile(paths.open, content.subarray(0, 300));
      await switchLog(paths, present, second);
      t.same(
        await readFile(join(paths.root, `node-7@${first}.log`)),
        content,
        'the archived one is as it was',
      );
      await t.rejects(readFile(paths.open), { code: 'ENOENT' });
      const directory = present === undefined ? `node-7@${first}` : 'node-7';
      const names = await readdir(join(paths.root, directory));
      t.equal(names.filter((name) => name.includes('.foreign-')).length, 1, 'the old copy is kept');
    }
  },
);
