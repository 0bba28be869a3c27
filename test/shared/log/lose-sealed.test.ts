import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { sealedSegmentPath } from '../../../shared/log/log.ts';
import { LogCursor } from '../../../shared/log/log-cursor.ts';
import { applyRetention } from '../../../shared/log/retention.ts';
import { verifyLog } from '../../../shared/log/verify-log.ts';
import { logPair } from '../../helpers/log-pair.ts';
import { appendSamples, flipByte, NOON_MS, openWriter, recordOf } from '../../helpers/logs.ts';

const FOUND_MS = NOON_MS + 60_000;
const LOSS = { number: 2, fault: 'damaged', reason: 'it cannot be decoded', atMs: FOUND_MS } as const;

/** Segments 1 to 3 sealed, of which the second is damaged, and 4 open. */
async function damagedLog(t: Test) {
  const pair = await logPair(t);
  const { writer, writerPaths: paths, sealer } = pair;
  for (const segment of [1, 2, 3]) {
    appendSamples(writer, segment * 100, segment * 100 + 30);
    writer.closeSegment(NOON_MS);
  }
  await sealer.idle();
  const record = recordOf(writer, 2);
  await flipByte(sealedSegmentPath(paths, 2), 77);
  const asides = async () => (await readdir(paths.directory)).filter((name) => name.endsWith('.aside'));
  return { ...pair, paths, record, asides };
}

t.test('log invariant 8: a segment that is given up is kept under a name that says why', async (t) => {
  const { writer, paths, asides } = await damagedLog(t);
  const before = await readFile(sealedSegmentPath(paths, 2));
  const { aside } = await writer.lose(LOSS);
  t.match(aside, /^00000002\.damaged-.*\.aside$/);
  t.strictSame(await asides(), [aside]);
  t.ok((await readFile(join(paths.directory, aside ?? ''))).equals(before), 'as it was');
  t.notOk(writer.sealed.has(2));
  await t.rejects(writer.lose(LOSS), { message: /segment 2 is not sealed/ });
});

t.test('a log that is opened again knows what it lost, and verifies without a problem', async (t) => {
  const { writer, paths, record, sealer } = await damagedLog(t);
  t.equal((await verifyLog(paths)).problems.length, 1);
  const lost = await writer.lose(LOSS);
  await writer[Symbol.asyncDispose]();
  await using again = await openWriter(paths, { sealer });
  t.strictSame(again.lost, [lost]);
  t.strictSame(again.lost[0]?.record, record);
  t.strictSame([...again.sealed.keys()], [1, 3]);
  t.equal(again.oldest, 1);
  t.match(await verifyLog(paths), { problems: [], lost: [{ from: 2, to: 2, reason: LOSS.reason }] });
});

t.test(
  'what is lost between segments is no gap; where all before it is dropped, it is not looked for',
  async (t) => {
    const { writer, paths } = await damagedLog(t);
    await writer.lose(LOSS);
    const dropped = await applyRetention(paths, { maxBytes: 0 }, 4, FOUND_MS);
    t.strictSame(dropped, [1, 3]);
    t.match(await verifyLog(paths), { problems: [], lost: [{ from: 2 }] }, 'its file still reminds of it');
  },
);

t.test('killed between the renaming and the record, the file is found under its new name', async (t) => {
  const { writer, paths } = await damagedLog(t);
  const name = '00000002.damaged-2026-01-02T120000.000Z.aside';
  await rename(sealedSegmentPath(paths, 2), join(paths.directory, name));
  t.match(await writer.lose({ ...LOSS, fault: 'missing' }), { aside: name });
});

t.test(
  'a segment that cannot be set aside is given up all the same, until the log is opened again',
  async (t) => {
    const { writer, paths, asides } = await damagedLog(t);
    await rename(paths.directory, `${paths.directory}-gone`);
    await t.rejects(writer.lose(LOSS), { code: 'ENOENT' });
    await rename(`${paths.directory}-gone`, paths.directory);
    t.match(writer.lost, [{ from: 2, to: 2 }]);
    t.notOk(writer.sealed.has(2));
    t.strictSame(await asides(), []);
  },
);

t.test('a cursor stops at a segment that is lost, unless there is nothing more of it to read', async (t) => {
  const { writer, record } = await damagedLog(t);
  await writer.lose(LOSS);
  await using cursor = new LogCursor(writer, { segment: 2, offset: 0 }, 1000);
  t.strictSame(await cursor.next(), { kind: 'lost', segment: 2 });
  await using behind = new LogCursor(writer, { segment: 2, offset: record.bytes }, 1000);
  t.strictSame(await behind.next(), { kind: 'sealed', record });
  t.match(await behind.next(), { kind: 'bytes', segment: 3, offset: 0 });
});

t.test(
  'a cursor that met damage reads again from the same place, and goes on when the file is sound',
  async (t) => {
    const { writer, paths } = await damagedLog(t);
    await using cursor = new LogCursor(writer, { segment: 2, offset: 0 }, 1_000_000);
    await t.rejects(cursor.next(), { name: 'SegmentUnreadableError' });
    await t.rejects(cursor.next(), { name: 'SegmentUnreadableError' });
    await flipByte(sealedSegmentPath(paths, 2), 77);
    t.match(await cursor.next(), { kind: 'bytes', segment: 2, offset: 0 });
    t.match(await cursor.next(), { kind: 'sealed' });
  },
);
