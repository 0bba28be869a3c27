import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import t, { type Test } from 'tap';
import { sealedSegmentPath } from '../../../shared/log/log.ts';
import { LogCursor } from '../../../shared/log/log-cursor.ts';
import { verifyLog } from '../../../shared/log/verify-log.ts';
import { logPair } from '../../helpers/log-pair.ts';
import { appendSamples, flipByte, NOON_MS, openWriter } from '../../helpers/logs.ts';

/** A log that is closed, with segments 1 to 3 sealed, and a damaged record of the second. */
async function withoutRecord(t: Test) {
  const { writer, writerPaths: paths, sealer } = await logPair(t);
  for (const segment of [1, 2, 3]) {
    appendSamples(writer, segment * 100, segment * 100 + 30);
    writer.closeSegment(NOON_MS);
  }
  await sealer.idle();
  const records = new Map(writer.sealed);
  await writer[Symbol.asyncDispose]();
  const text = await readFile(paths.records, 'utf8');
  await writeFile(paths.records, text.replace('{"number":2,', '{"number"\u0000:2,'));
  return { paths, sealer, records };
}

t.test('a segment whose record is damaged is recorded again, as it was', async (t) => {
  const { paths, sealer, records } = await withoutRecord(t);
  t.match((await verifyLog(paths)).problems, [{ what: 'is sealed, but not recorded' }]);
  await using writer = await openWriter(paths, { sealer });
  t.strictSame(writer.sealed, records);
  t.strictSame((await verifyLog(paths)).problems, []);
  await using cursor = new LogCursor(writer, { segment: 2, offset: 0 }, 1_000_000);
  t.match([await cursor.next(), await cursor.next()], [{ kind: 'bytes' }, { kind: 'sealed' }]);
});

t.test('one that cannot be decoded either is lost, and followers go on behind it', async (t) => {
  const { paths, sealer } = await withoutRecord(t);
  await flipByte(sealedSegmentPath(paths, 2), 77);
  await using writer = await openWriter(paths, { sealer });
  t.match(writer.lost, [{ from: 2, to: 2, record: undefined, aside: /^00000002\.damaged-/ }]);
  t.strictSame((await verifyLog(paths)).problems, []);
  await using cursor = new LogCursor(writer, { segment: 2, offset: 0 }, 1_000_000);
  t.strictSame(await cursor.next(), { kind: 'lost', segment: 2 });
});

t.test(
  'one that the disk does not give is left for the next time, and the log is opened',
  { skip: process.platform !== 'linux' && 'no file that is sure to fail' },
  async (t) => {
    const { paths, sealer } = await withoutRecord(t);
    await rm(sealedSegmentPath(paths, 2));
    await symlink('/proc/self/mem', sealedSegmentPath(paths, 2));
    await using writer = await openWriter(paths, { sealer });
    t.strictSame([...writer.sealed.keys(), writer.lost], [1, 3, []]);
  },
);
