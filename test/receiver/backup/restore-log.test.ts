import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { markerPath } from '../../../receiver/backup/marker.ts';
import { type RestoredLog, restoreLogs } from '../../../receiver/backup/restore-log.ts';
import { openLogFollower } from '../../../shared/log/log-follower.ts';
import { readLogMeta } from '../../../shared/log/log-meta.ts';
import type { LogWriter } from '../../../shared/log/log-writer.ts';
import { readSegmentRecords } from '../../../shared/log/segment-records.ts';
import { type NodeName, parseNodeName } from '../../../shared/names/node-name.ts';
import { replay } from '../../helpers/log-pair.ts';
import { appendSamples, contentsOf, flipByte, NOON_MS } from '../../helpers/logs.ts';
import { bytesOf, mirroredLogs, runOnce } from './mirrored-logs.ts';

/**
 * Node 7 with its own copy on its own disk, the receiver's live log that follows it, and a mirror: two sealed segments and
 * an open one.
 */
async function followedNode(t: Parameters<typeof mirroredLogs>[0]) {
  const logs = await mirroredLogs(t);
  const writer = await logs.write('7', join(logs.data, 'node'));
  for (const n of [0, 1]) {
    appendSamples(writer, n * 100, n * 100 + 100);
    writer.closeSegment(NOON_MS);
  }
  appendSamples(writer, 200, 300);
  await logs.sealer.idle();
  await follow(logs, writer);
  const mirror = await logs.start();
  await runOnce(mirror);
  const restore = async (options: { node?: NodeName; isBusy?: (node: NodeName) => boolean } = {}) => {
    const { logsRoot, directory: mirrorDirectory, recordPath } = logs;
    return await restoreLogs({
      ...{ logsRoot, mirrorDirectory, recordPath },
      bootId: 'boot-1',
      isBusy: () => false,
      ...options,
    });
  };
  return { ...logs, writer, mirror, restore, follow: async () => await follow(logs, writer) };
}

/** What the receiver does when the node is connected: its live log takes what it lacks. */
async function follow(logs: Awaited<ReturnType<typeof mirroredLogs>>, writer: LogWriter): Promise<void> {
  const { sealer, live } = logs;
  await using follower = await openLogFollower({ paths: live(), id: writer.id, bootId: 'boot-1', sealer });
  await replay(writer, follower);
  await follower.sync();
  await sealer.idle();
}

function restored(results: readonly RestoredLog[]): RestoredLog & { kind: 'restored' } {
  const [result] = results;
  if (result?.kind !== 'restored') throw new Error(`not restored: ${JSON.stringify(results)}`);
  return result;
}

t.test('after a restore the live log equals the mirror, and the sender brings what came later', async (t) => {
  const { restore, logsRoot, live, mirrored, writer, follow } = await followedNode(t);
  appendSamples(writer, 300, 400);
  await rm(logsRoot, { recursive: true });
  const result = restored(await restore({ node: parseNodeName('7') }));
  t.strictSame(await contentsOf(live()), await contentsOf(mirrored()));
  t.strictSame(await readSegmentRecords(live()), await readSegmentRecords(mirrored()));
  t.match(result, { name: 'node-7', asidePaths: [], notes: [], copies: { findings: [], log: writer.id } });
  t.ok(result.writtenBytes > 0);

  await follow();
  t.strictSame(await contentsOf(live()), await contentsOf(writer.paths), 'and then equals the node');
  t.match(restored(await restore()), { writtenBytes: 0 }, 'a second restore has nothing to do');
});

t.test('a live log that is damaged everywhere is mended, and what was damaged is kept', async (t) => {
  const { restore, live, writer, mirrored } = await followedNode(t);
  const whole = await contentsOf(live());
  const { directory } = live();
  await flipByte(join(directory, '00000001.ndjson.zst'), 77);
  await rm(join(directory, '00000002.ndjson.zst'));
  await flipByte(live().open, 3000);
  const damagedOpen = await bytesOf(live().open);
  await writeFile(live().meta, '{');
  const result = restored(await restore({ node: parseNodeName('7') }));
  t.strictSame(await contentsOf(live()), whole);
  t.strictSame(await contentsOf(mirrored()), whole);
  t.equal((await readLogMeta(live()))?.id, writer.id);
  t.match(result.copies, { findings: [], agreedTo: writer.end });
  t.match(
    result.asidePaths.map((path) => path.slice(directory.length + 1)),
    [/^00000001\.damaged-.*\.aside$/, /^00000003\..*\.aside$/],
  );
  t.equal(await bytesOf(result.asidePaths[1] ?? ''), damagedOpen);
  t.ok((await readdir(directory)).some((name) => /^log\.json\.damaged-.*\.aside$/.test(name)));
});

t.test(
  'an open segment with holes of NUL bytes makes room for the sound part, and the sender brings the rest',
  async (t) => {
    const { restore, live, mirrored, writer, follow } = await followedNode(t);
    appendSamples(writer, 300, 400);
    await follow();
    const bytes = Buffer.from(await bytesOf(live().open), 'latin1');
    bytes.fill(0, bytes.length - 200, bytes.length - 100);
    await writeFile(live().open, bytes);
    const result = restored(await restore());
    t.equal(result.asidePaths.length, 1);
    t.equal(await bytesOf(result.asidePaths[0] ?? ''), bytes.toString('latin1'));
    const kept = await bytesOf(live().open);
    t.ok(bytes.toString('latin1').startsWith(kept), 'what lies before the damage stays');
    t.ok(kept.length > (await bytesOf(mirrored().open)).length, 'also what is newer than the mirror');
    await follow();
    t.strictSame(await contentsOf(live()), await contentsOf(writer.paths));
  },
);

t.test('a damaged place in an open segment is mended, and what is newer than the mirror stays', async (t) => {
  const { restore, live, writer, follow } = await followedNode(t);
  appendSamples(writer, 300, 400);
  await follow();
  await flipByte(live().open, 3000);
  const result = restored(await restore());
  t.strictSame(await contentsOf(live()), await contentsOf(writer.paths));
  t.match(result.asidePaths, [/00000003\.differs-.*\.aside$/]);
});

t.test(
  'the mirror has the beginning of a damaged segment only: restore leaves what is recorded',
  async (t) => {
    const { restore, live, mirrored, mirror, writer, follow, logsRoot, sealer } = await followedNode(t);
    const mirroredBytes = (await bytesOf(mirrored().open)).length;
    appendSamples(writer, 300, 400);
    writer.closeSegment(NOON_MS);
    await sealer.idle();
    appendSamples(writer, 400, 500);
    await follow();
    const damaged = join(live().directory, '00000003.ndjson.zst');
    const sound = await bytesOf(damaged);
    await flipByte(damaged, 150);
    await runOnce(mirror);
    const there = (await readSegmentRecords(mirrored())).sealed.get(3);
    t.match(there, { bytes: mirroredBytes, isShort: true, isPartial: true }, 'nobody declared it short');

    const before = await readSegmentRecords(live());
    const result = restored(await restore());
    t.match(result.notes, [/segment 3 in .* is damaged or missing, and the other copy has only its first/]);
    t.strictSame(await readSegmentRecords(live()), before, 'what is known of it is not forgotten');
    t.strictSame(result.asidePaths, []);

    await rm(damaged);
    t.match(
      restored(await restore()).notes,
      [/segment 3 .* has only its first/],
      'nor does nothing give way to less',
    );
    t.strictSame(await readSegmentRecords(live()), before);
    await writeFile(damaged, sound, 'latin1');
    await runOnce(mirror);
    t.strictSame(await contentsOf(mirrored()), await contentsOf(writer.paths), 'the mirror is completed');
    await rm(logsRoot, { recursive: true });
    await restore();
    t.strictSame(await contentsOf(live()), await contentsOf(writer.paths));
  },
);

t.test('what is newer than the mirror stays', async (t) => {
  const { restore, live, writer, follow } = await followedNode(t);
  appendSamples(writer, 300, 400);
  writer.closeSegment(NOON_MS);
  await follow();
  const whole = await contentsOf(live());
  t.match(restored(await restore()), { writtenBytes: 0, asidePaths: [] });
  t.strictSame(await contentsOf(live()), whole);
});

t.test('a damaged mirror does not push out a sound live log', async (t) => {
  const { restore, live, mirrored } = await followedNode(t);
  const whole = await contentsOf(live());
  await flipByte(join(mirrored().directory, '00000001.ndjson.zst'), 77);
  const open = await bytesOf(mirrored().open);
  await writeFile(mirrored().open, open.replaceAll('{"t"', '{"u"').replace('{"u"', '{"t"'), 'latin1');
  const result = restored(await restore());
  t.strictSame(await contentsOf(live()), whole);
  t.strictSame(result.asidePaths, []);
  t.match(result.notes, [/segment 3 in .* differs from the other copy/]);
  t.ok((result.copies?.findings.length ?? 0) > 0);
});

t.test(
  'an open segment of the mirror that is damaged and looks sound does not push out the live one',
  async (t) => {
    const { restore, live, mirrored, writer, follow } = await followedNode(t);
    appendSamples(writer, 300, 400);
    await follow();
    const whole = await contentsOf(live());
    const open = await bytesOf(mirrored().open);
    for (const [what, damaged] of [
      ['another digit', open.replace('"n":201,', '"n":901,')],
      ['another end', `${open}junk`],
    ] as const) {
      t.not(damaged, open);
      await writeFile(mirrored().open, damaged, 'latin1');
      for (const known of ['by its checkpoint', 'by nothing']) {
        if (known === 'by nothing') await rm(live().checkpoint, { force: true });
        if (known === 'by nothing') await rm(mirrored().checkpoint, { force: true });
        const result = restored(await restore());
        t.strictSame(await contentsOf(live()), whole, `${what}, the live copy is proven ${known}`);
        t.strictSame(result.asidePaths, []);
        t.match(result.notes, [/segment 3 in .* differs from the other copy/]);
      }
    }
  },
);

t.test('the log of a connected node is not touched', async (t) => {
  const { restore, live, logsRoot } = await followedNode(t);
  await rm(logsRoot, { recursive: true });
  t.strictSame(await restore({ isBusy: () => true }), [{ kind: 'busy', name: 'node-7' }]);
  t.strictSame([...(await contentsOf(live())).keys()], []);
});

t.test('a node that got a new log meanwhile gets its old one back into the archive', async (t) => {
  const { restore, live, logsRoot, writer, write, mirrored, mirror } = await followedNode(t);
  await rm(logsRoot, { recursive: true });
  const fresh = await write('7');
  const result = restored(await restore({ node: parseNodeName('7') }));
  t.match(result.copies, { log: writer.id, findings: [], agreedTo: writer.end });
  t.equal((await readLogMeta(live()))?.id, fresh.id, 'the new log stays where it is');
  t.equal(await bytesOf(join(logsRoot, `node-7@${writer.id}.log`)), await bytesOf(mirrored().open));

  await runOnce(mirror);
  t.equal((await readLogMeta(mirrored()))?.id, fresh.id, 'the mirror follows');
  const names = (await restore()).map((log) => [log.kind, log.name]);
  t.strictSame(names, [
    ['restored', 'node-7'],
    ['restored', `node-7@${writer.id}`],
  ]);
});

t.test('without a mirror nothing is restored', async (t) => {
  const { restore, directory } = await followedNode(t);
  await t.rejects(restore({ node: parseNodeName('9') }), { code: 'NODE_UNKNOWN' });
  await rm(directory, { recursive: true });
  await t.rejects(restore(), { code: 'MIRROR_UNUSABLE', hint: 'Is the drive mounted?' });
});

t.test('the mirror of a newer version is not restored from', async (t) => {
  const { restore, directory } = await followedNode(t);
  await writeFile(markerPath(directory), '{"format":2}');
  await t.rejects(restore(), { code: 'FORMAT_NEWER' });
});
