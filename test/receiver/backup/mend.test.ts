import { randomInt } from 'node:crypto';
import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { Scrub } from '../../../receiver/backup/scrub.ts';
import { readLogMeta, writeLogMeta } from '../../../shared/log/log-meta.ts';
import { readSegmentRecords } from '../../../shared/log/segment-records.ts';
import { appendNoise, appendSamples, contentsOf, flipByte, NOON_MS, range } from '../../helpers/logs.ts';
import { bytesOf, mirroredLogs, runOnce } from './mirrored-logs.ts';

/** Three sealed segments and an open one of node 7, mirrored. */
async function mirroredNode(t: Parameters<typeof mirroredLogs>[0]) {
  const logs = await mirroredLogs(t);
  const writer = await logs.write('7');
  for (const n of [0, 1, 2]) {
    appendNoise(writer, n * 100, 5);
    writer.closeSegment(NOON_MS);
  }
  await logs.sealer.idle();
  appendSamples(writer, 300, 400);
  const mirror = await logs.start();
  await runOnce(mirror);
  return { ...logs, writer, mirror, whole: await contentsOf(logs.live()) };
}

async function asidesIn(directory: string): Promise<readonly string[]> {
  return (await readdir(directory)).filter((name) => name.endsWith('.aside'));
}

t.test(
  'any flipped byte of a sealed segment in the mirror is repaired by a run that was asked for',
  async (t) => {
    const { mirror, mirrored, whole, problems } = await mirroredNode(t);
    const path = join(mirrored().directory, '00000002.ndjson.zst');
    const { size } = await stat(path);
    for (const nth of range(0, 38)) {
      // Each part of the file, its first and last bytes among them.
      const offset = Math.min(size - 1, Math.floor((nth * size) / 37));
      await flipByte(path, offset);
      const damaged = await bytesOf(path);
      const before = await asidesIn(mirrored().directory);
      await runOnce(mirror);
      t.strictSame(await contentsOf(mirrored()), whole, `offset ${offset} of ${size}`);
      const aside = (await asidesIn(mirrored().directory)).find((name) => !before.includes(name));
      // A bit that means nothing to the decoder is no damage.
      if (aside === undefined) continue;
      t.equal(await bytesOf(join(mirrored().directory, aside)), damaged, 'the damaged file is kept');
      t.match(
        problems.get('mirror/node-7')?.detail,
        /Segment 2 in .* was damaged; the damaged file was set aside/,
      );
    }
    t.ok((await asidesIn(mirrored().directory)).length > 30);
  },
);

t.test(
  'a flipped byte in the open segment of the mirror is repaired by a run that was asked for',
  async (t) => {
    const { mirror, mirrored, whole } = await mirroredNode(t);
    await flipByte(mirrored().open, 500);
    await runOnce(mirror);
    t.strictSame(await contentsOf(mirrored()), whole);
    t.equal((await asidesIn(mirrored().directory)).length, 1);
  },
);

t.test('what the live copy lost of its sealed segments comes back from the mirror', async (t) => {
  const { mirror, live, whole, problems } = await mirroredNode(t);
  const path = (segment: number) => join(live().directory, `0000000${segment}.ndjson.zst`);
  const [sound, damaged] = [await readFile(path(1)), await flipped(path(1), 300)];
  await rm(path(2));
  await writeFile(path(3), '');
  await runOnce(mirror);
  t.strictSame(await contentsOf(live()), whole);
  t.strictSame(await readFile(path(1)), sound);
  const asides = await asidesIn(live().directory);
  t.match(asides, [/^00000001\.damaged-/, /^00000003\.damaged-/]);
  t.equal(await bytesOf(join(live().directory, asides[0] ?? '')), damaged, 'what was damaged is kept');
  t.match(problems.get('mirror/node-7')?.detail, /Segment 1 in .* was damaged.*Segment 3 in /);

  const before = await readSegmentRecords(live());
  await writeFile(live().records, '');
  await rm(path(2));
  await runOnce(mirror);
  t.strictSame(await contentsOf(live()), whole, 'also where nothing is recorded any more');
  t.strictSame([...(await readSegmentRecords(live())).sealed.keys()], [...before.sealed.keys()]);
  t.equal((await mirror.runNow()).wanted.length, 0);
});

async function flipped(path: string, offset: number): Promise<string> {
  await flipByte(path, offset);
  return await bytesOf(path);
}

t.test(
  'a segment that neither has is wanted from the node, and goes to the mirror when it came',
  async (t) => {
    const { live, mirrored, whole, start, mirror: first, writer } = await mirroredNode(t);
    await first[Symbol.asyncDispose]();
    const [there, here] = [live(), mirrored()].map(({ directory }) => join(directory, '00000002.ndjson.zst'));
    const sound = await readFile(there ?? '');
    const asked: unknown[] = [];
    const mirror = await start({
      async fetchFromNodes(wanted) {
        asked.push(wanted);
        await writeFile(there ?? '', sound);
        return wanted.map(({ name, segment }) => ({ name, segment }));
      },
    });
    await flipByte(there ?? '', randomInt(20, 200));
    await flipByte(here ?? '', randomInt(20, 200));
    const run = await mirror.runNow();
    t.strictSame(asked, [[{ name: 'node-7', node: '7', log: writer.id, segment: 2 }]]);
    t.match(run, { kind: 'succeeded', wanted: [] });
    t.strictSame([await contentsOf(live()), await contentsOf(mirrored())], [whole, whole]);

    await mirror[Symbol.asyncDispose]();
    await rm(there ?? '');
    await rm(join(mirrored().root, '..'), { recursive: true });
    const refused = await (await start()).runNow();
    t.match(refused, { kind: 'refused', wanted: [{ segment: 2 }] }, 'also while there is no mirror');
  },
);

t.test(
  'after a power cut nothing is copied that the recovery will cut, and no damage is reported',
  async (t) => {
    const { live, mirrored, mirror, writer, problems } = await mirroredNode(t);
    appendSamples(writer, 400, 500);
    await writer[Symbol.asyncDispose]();
    const open = await readFile(live().open);
    await writeFile(live().open, Buffer.concat([open, Buffer.from('{"t":"20'), Buffer.alloc(5000)]));
    const meta = await readLogMeta(live());
    if (meta === undefined) throw new Error('a log has a log.json');
    await writeLogMeta(live(), { ...meta, bootId: 'boot-0' });
    await runOnce(mirror);
    t.equal(await bytesOf(mirrored().open), open.toString('latin1'), 'every whole line is copied');
    await runOnce(mirror);
    t.strictSame([...problems.keys()], []);
  },
);

t.test('a scheduled run reads a share of the sealed segments again, the next one the rest', async (t) => {
  const { live } = await mirroredNode(t);
  const all = new Scrub({ reach: 'all', from: { log: 'node-7', segment: 2 }, suspects: [] });
  t.strictSame([...(await all.choose('node-7', live()))], [1, 2, 3]);
  const rest = new Scrub({ reach: 'share', from: { log: 'node-7', segment: 2 }, suspects: [] });
  t.strictSame([...(await rest.choose('node-7', live()))], [3]);
  t.equal(rest.reached, undefined, 'it came to the end: the next run begins again');
  const later = new Scrub({
    ...{ reach: 'share', from: { log: 'node-8', segment: 2 } },
    suspects: [{ name: 'node-7', segment: 1 }],
  });
  t.strictSame([...(await later.choose('node-7', live()))], [1], 'what is suspected is read in any case');
  // A file with a hole takes no room and counts with its length.
  await truncate(join(live().directory, '00000002.ndjson.zst'), 64 * 1024 * 1024);
  const share = new Scrub({ reach: 'share', from: undefined, suspects: [] });
  t.strictSame([...(await share.choose('node-7', live()))], [1, 2]);
  t.strictSame(share.reached, { log: 'node-7', segment: 2 });
});
