import { appendFile, cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import t from 'tap';
import { plainSegmentPath, sealedSegmentPath } from '../../../shared/log/log.ts';
import { openLogFollower } from '../../../shared/log/log-follower.ts';
import { findAltered } from '../../../shared/log/recover-open.ts';
import { readSegmentRecords, recordSealed } from '../../../shared/log/segment-records.ts';
import { verifyLog } from '../../../shared/log/verify-log.ts';
import { logPair, replay } from '../../helpers/log-pair.ts';
import {
  appendSamples,
  contentOf,
  contentsOf,
  flipByte,
  NOON_MS,
  numbersOf,
  range,
  recordOf,
  withoutPieces,
} from '../../helpers/logs.ts';
import { until } from '../../helpers/until.ts';

const ZERO_SHA256 = '0'.repeat(64);

t.test('log invariant 1: a follower ends with the same bytes, and seals the same segments', async (t) => {
  const { writer, writerPaths, followerPaths, sealer, failed, follow } = await logPair(t, {
    segmentBytes: 700,
  });
  appendSamples(writer, 0, 40);
  await sealer.idle();
  const follower = await follow();
  t.equal(follower.end, undefined, 'an empty copy has no end');
  await replay(writer, follower, 97);
  await sealer.idle();
  t.same(follower.end, writer.end);
  t.same(await contentsOf(followerPaths), await contentsOf(writerPaths));
  t.same((await readSegmentRecords(followerPaths)).sealed, withoutPieces(writer.sealed));
  t.same((await verifyLog(followerPaths)).problems, []);
  t.same(failed, []);
});

t.test('what a follower has synced, and no more, counts as synced', async (t) => {
  const { writer, follow } = await logPair(t);
  appendSamples(writer, 0, 3);
  const follower = await follow();
  await replay(writer, follower);
  t.same(follower.syncedEnd, { segment: 1, offset: 0 });
  t.same(await follower.sync(), writer.end);
  t.same(follower.syncedEnd, writer.end);
});

t.test('an empty copy has to be told where it begins', async (t) => {
  const { follow } = await logPair(t);
  const follower = await follow();
  t.throws(() => follower.append([Buffer.from('x')]), /has to be told where it begins/);
  t.equal(await follower.sync(), undefined);
  t.equal(await follower.setAside('differs'), undefined);
});

t.test('a copy that was closed takes nothing more', async (t) => {
  const { writer, follow } = await logPair(t);
  const follower = await follow();
  await replay(writer, follower);
  await follower[Symbol.asyncDispose]();
  await follower[Symbol.asyncDispose]();
  t.throws(() => follower.append([Buffer.from('x')]), /has been closed/);
});

t.test('log invariant 7: a killed follower goes on where its file ends, with the right CRC-32', async (t) => {
  const { writer, followerPaths, follow } = await logPair(t);
  appendSamples(writer, 0, 3);
  await replay(writer, await follow());
  await appendFile(followerPaths.open, '{"t":"torn');
  const follower = await follow();
  t.same(follower.end, { segment: 1, offset: writer.end.offset + 10 });
  t.equal(await follower.crcAt(writer.end.offset), writer.openSegment.crc);
  t.equal(await follower.crcAt(0), 0);
});

t.test('a copy that is killed has a checkpoint, which tells whether its file was replaced', async (t) => {
  const { writer, followerPaths, sealer, follow } = await logPair(t);
  appendSamples(writer, 0, 3);
  const first = await follow();
  const bootId = JSON.parse(await readFile(followerPaths.meta, 'utf8')).boot_id;
  await first[Symbol.asyncDispose]();
  const options = { paths: followerPaths, id: writer.id, bootId, sealer, checkpointMs: 0 };
  const follower = await openLogFollower(options);
  await replay(writer, follower);
  await follower.sync();
  const isWritten = async () => (await readFile(followerPaths.checkpoint).catch(() => '')).length > 0;
  await until(isWritten, { timeoutMs: 10_000, what: 'the checkpoint' });
  t.equal(await findAltered(followerPaths, bootId), undefined);
  await flipByte(followerPaths.open, 20);
  t.equal(await findAltered(followerPaths, bootId), writer.end.offset);
  t.equal(await findAltered(followerPaths, 'boot-0'), undefined, 'under another boot nothing is known');
});

t.test('a checkpoint is believed for the same segment under the same boot only', async (t) => {
  const { writer, followerPaths, follow } = await logPair(t);
  appendSamples(writer, 0, 3);
  const first = await follow();
  await replay(writer, first);
  await first[Symbol.asyncDispose]();
  const checkpoint = JSON.parse(await readFile(followerPaths.checkpoint, 'utf8'));
  t.match(checkpoint, {
    segment: 1,
    offset: writer.end.offset,
    crc: writer.openSegment.crc,
    bootId: 'boot-1',
  });
  const crcWith = async (content: object | string) => {
    await writeFile(
      followerPaths.checkpoint,
      typeof content === 'string' ? content : JSON.stringify(content),
    );
    const follower = await follow();
    return await follower.crcAt(writer.end.offset);
  };
  t.not(
    await crcWith({ ...checkpoint, crc: 7 }),
    writer.openSegment.crc,
    'it is what the CRC-32 goes on from',
  );
  t.equal(await crcWith({ ...checkpoint, crc: 7, segment: 2 }), writer.openSegment.crc, 'another segment');
  t.equal(await crcWith({ ...checkpoint, crc: 7, bootId: 'boot-0' }), writer.openSegment.crc, 'another boot');
  t.equal(await crcWith({ ...checkpoint, crc: 7, offset: 9999 }), writer.openSegment.crc, 'beyond the end');
  t.equal(await crcWith({ ...checkpoint, crc: 'x' }), writer.openSegment.crc, 'not a number');
  t.equal(await crcWith('{'), writer.openSegment.crc, 'torn');
});

t.test('log invariant 5: after a power cut a follower is cut back to its last whole line', async (t) => {
  const { writer, writerPaths, followerPaths, follow } = await logPair(t);
  appendSamples(writer, 0, 3);
  await replay(writer, await follow());
  await appendFile(followerPaths.open, Buffer.concat([Buffer.from('{"t":"torn'), Buffer.alloc(300)]));
  const follower = await follow('boot-2');
  t.same(follower.end, writer.end);
  t.equal(await follower.crcAt(writer.end.offset), writer.openSegment.crc);
  appendSamples(writer, 3, 5);
  await replay(writer, follower);
  t.same(await contentsOf(followerPaths), await contentsOf(writerPaths));
});

t.test('the first bytes of a first line say nothing, and are asked for again', async (t) => {
  const { writer, followerPaths, follow } = await logPair(t);
  const first = await follow();
  await first.beginAt(1);
  first.append([(await readFile(writer.paths.open)).subarray(0, 20)]);
  const follower = await follow();
  t.equal(follower.end, undefined);
  await replay(writer, follower);
  t.same(await numbersOf(followerPaths), await numbersOf(writer.paths));
});

t.test('seal() refuses another length and another SHA-256, and the segment stays open', async (t) => {
  const { writer, followerPaths, follow } = await logPair(t);
  appendSamples(writer, 0, 3);
  const follower = await follow();
  await replay(writer, follower);
  const { segment, offset } = writer.end;
  t.equal(await follower.seal(segment, offset - 1, ZERO_SHA256), 'differs');
  t.equal(await follower.seal(segment + 1, offset, ZERO_SHA256), 'differs');
  t.equal(await follower.seal(segment, offset, ZERO_SHA256), 'differs');
  t.same(follower.end, writer.end);
  t.equal((await readSegmentRecords(followerPaths)).sealed.size, 0);
});

t.test(
  'log invariant 8: what differs is set aside under a name that says so, and fetched again',
  async (t) => {
    const { writer, writerPaths, followerPaths, follow } = await logPair(t);
    appendSamples(writer, 0, 3);
    const follower = await follow();
    await replay(writer, follower);
    const { offset } = writer.end;
    const aside = (await follower.setAside('differs')) ?? '';
    t.match(aside, /node-7\/00000001\.differs-[\dT.Z-]+\.aside$/);
    t.same(follower.end, { segment: 1, offset: 0 });
    t.equal((await readFile(aside)).length, offset);
    await replay(writer, follower);
    await follower.setAside('differs');
    await replay(writer, follower);
    const kept = (await readdir(followerPaths.directory)).filter((name) => name.endsWith('.aside'));
    t.equal(kept.length, 2, 'also when it happens twice in a millisecond');
    t.same(await contentsOf(followerPaths), await contentsOf(writerPaths));
  },
);

t.test('a copy that ends before what the writer still has is closed as short', async (t) => {
  const { writer, followerPaths, sealer, failed, follow } = await logPair(t);
  appendSamples(writer, 0, 3);
  const follower = await follow();
  await replay(writer, follower);
  const before = await contentOf(followerPaths, 1);
  await t.rejects(follower.beginAt(1), /is in segment 1 already/);
  await follower.beginAt(5);
  t.same(follower.end, { segment: 5, offset: 0 });
  await sealer.idle();
  t.match((await readSegmentRecords(followerPaths)).sealed.get(1), { isShort: true, bytes: before.length });
  t.equal(await contentOf(followerPaths, 1), before);
  t.same((await verifyLog(followerPaths)).problems, []);
  t.same(failed, []);
});

t.test('log invariant 7: a kill between record and renaming is made good', async (t) => {
  const { writer, followerPaths, sealer, failed, follow } = await logPair(t);
  appendSamples(writer, 0, 3);
  writer.closeSegment(NOON_MS);
  await sealer.idle();
  const first = await follow();
  await replay(writer, first);
  await sealer.idle();
  await rm(followerPaths.open);
  await rm(sealedSegmentPath(followerPaths, 1));
  await writeFile(followerPaths.open, await contentOf(writer.paths, 1), 'latin1');
  const follower = await follow();
  t.same(follower.end, { segment: 2, offset: 0 });
  await sealer.idle();
  t.same(failed, []);
  t.same((await verifyLog(followerPaths)).problems, []);
});

t.test('a segment that is recorded and gone is asked for again', async (t) => {
  const { writer, writerPaths, followerPaths, sealer, follow } = await logPair(t, { segmentBytes: 500 });
  appendSamples(writer, 0, 20);
  await sealer.idle();
  await replay(writer, await follow());
  await sealer.idle();
  await rm(followerPaths.open);
  await rm(sealedSegmentPath(followerPaths, writer.end.segment - 1));
  const follower = await follow();
  t.same(follower.end, { segment: writer.end.segment - 1, offset: 0 });
  await replay(writer, follower);
  await sealer.idle();
  t.same(await contentsOf(followerPaths), await contentsOf(writerPaths));
});

t.test('a copy of another log has to be archived first', async (t) => {
  const { writer, writerPaths, sealer, follow } = await logPair(t);
  await follow();
  const id = '00000000-0000-7000-8000-000000000000' as typeof writer.id;
  await t.rejects(
    openLogFollower({ paths: writerPaths, id, bootId: 'boot-1', sealer }),
    /has to be archived first/,
  );
  await rename(writerPaths.meta, `${writerPaths.meta}.lost`);
  await t.rejects(openLogFollower({ paths: writerPaths, id, bootId: 'boot-1', sealer }), /belongs to log/);
});

t.test('adoptSealed() takes compressed segments over, and drops the part that was open', async (t) => {
  const { writer, writerPaths, followerPaths, sealer, failed, follow } = await logPair(t);
  const follower = await follow();
  appendSamples(writer, 0, 5);
  await replay(writer, follower);
  appendSamples(writer, 5, 9);
  writer.closeSegment(NOON_MS);
  await sealer.idle();
  const record = recordOf(writer, 1);
  await t.rejects(follower.adoptSealed(writerPaths, { ...record, number: 2 }), /segment 1 comes first/);
  const adopted = await follower.adoptSealed(writerPaths, record);
  const raw = await readFile(sealedSegmentPath(writerPaths, 1));
  t.same(adopted, { bytes: raw.length, aside: undefined });
  t.same(follower.end, { segment: 2, offset: 0 });
  t.same(await readFile(sealedSegmentPath(followerPaths, 1)), raw, 'as it lies');
  t.same(
    await follower.adoptSealed(writerPaths, record),
    { bytes: 0, aside: undefined },
    'again: nothing to do',
  );
  appendSamples(writer, 9, 12);
  await replay(writer, follower);
  t.same(await numbersOf(followerPaths), range(0, 12));
  t.same((await verifyLog(followerPaths)).problems, []);
  t.same(failed, []);
});

t.test('log invariant 8: adoptSealed() keeps an open part that is no prefix', async (t) => {
  const { writer, writerPaths, followerPaths, sealer, follow } = await logPair(t);
  appendSamples(writer, 0, 5);
  await replay(writer, await follow());
  await flipByte(followerPaths.open, 200);
  const follower = await follow();
  const bad = await readFile(followerPaths.open);
  writer.closeSegment(NOON_MS);
  await sealer.idle();
  const record = recordOf(writer, 1);
  const { aside } = await follower.adoptSealed(writerPaths, record);
  t.same(await readFile(aside ?? ''), bad);
  t.equal(await contentOf(followerPaths, 1), await contentOf(writerPaths, 1));
});

t.test(
  'adoptSealed() replaces a damaged segment, keeps the damaged file, and refuses a damaged source',
  async (t) => {
    const { writer, writerPaths, followerPaths, sealer, follow } = await logPair(t);
    appendSamples(writer, 0, 50);
    writer.closeSegment(NOON_MS);
    await sealer.idle();
    const follower = await follow();
    await replay(writer, follower);
    await sealer.idle();
    const record = recordOf(writer, 1);
    await flipByte(sealedSegmentPath(followerPaths, 1), 100);
    t.equal((await verifyLog(followerPaths)).problems.length, 1);
    t.ok((await follower.adoptSealed(writerPaths, record)).bytes > 0);
    t.same((await verifyLog(followerPaths)).problems, []);
    t.match(
      (await readdir(followerPaths.directory)).filter((name) => name.endsWith('.aside')),
      [/damaged/],
    );
    await rm(sealedSegmentPath(followerPaths, 1));
    await flipByte(sealedSegmentPath(writerPaths, 1), 100);
    await t.rejects(follower.adoptSealed(writerPaths, record), { code: 'LOG_DAMAGED' });
    t.notOk((await readdir(followerPaths.directory)).some((name) => name.endsWith('.tmp')));
  },
);

t.test('log invariant 7: a kill in the middle of adopting is made good', async (t) => {
  const { writer, writerPaths, followerPaths, sealer, failed, follow } = await logPair(t);
  appendSamples(writer, 0, 3);
  const first = await follow();
  await replay(writer, first);
  appendSamples(writer, 3, 5);
  writer.closeSegment(NOON_MS);
  await sealer.idle();
  const record = recordOf(writer, 1);
  await recordSealed(followerPaths, record);
  const second = await follow();
  t.equal(second.end?.segment, 1, 'recorded, and not there yet: the part that is open goes on');
  await cp(sealedSegmentPath(writerPaths, 1), sealedSegmentPath(followerPaths, 1));
  const third = await follow();
  t.same(third.end, { segment: 2, offset: 0 }, 'there: the open part goes');
  t.notOk((await readdir(followerPaths.directory)).includes(plainSegmentPath(followerPaths, 1)));
  await sealer.idle();
  t.same(failed, []);
  t.same((await verifyLog(followerPaths)).problems, []);
});
