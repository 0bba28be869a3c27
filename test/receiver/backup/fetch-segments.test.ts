import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { describeLacking } from '../../../receiver/backup/describe-lacking.ts';
import { SegmentFetcher } from '../../../receiver/backup/fetch-segments.ts';
import { sealedSegmentPath } from '../../../shared/log/log.ts';
import { applyRetention } from '../../../shared/log/retention.ts';
import { readSegmentRecords } from '../../../shared/log/segment-records.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { contentsOf, flipByte, NOON_MS } from '../../helpers/logs.ts';
import { until } from '../../helpers/until.ts';
import { SEVEN, threeCopies } from './three-copies.ts';

t.test('what neither live log nor mirror has comes from the connected node, over the wire', async (t) => {
  const { live, mirrored, mirror, node, told, uplink, connect, repair } = await threeCopies(t);
  const whole = await contentsOf(node.writer.paths);
  const path = (paths: ReturnType<typeof live>, segment: number) => sealedSegmentPath(paths, segment);
  const same = async (what: string) => {
    t.strictSame(await contentsOf(live()), whole, `live: ${what}`);
    t.strictSame(await contentsOf(mirrored()), whole, `mirror: ${what}`);
  };

  await flipByte(path(live(), 1), 100);
  await rm(path(mirrored(), 1));
  const damaged = await readFile(path(live(), 1));
  t.match(await mirror.runNow(), { kind: 'succeeded' });
  await same('damaged in one, missing in the other');
  const [aside = ''] = (await readdir(live().directory)).filter((name) => name.endsWith('.aside'));
  t.strictSame(await readFile(join(live().directory, aside)), damaged, 'the damaged file is kept');
  t.match(told.at(-1), { key: 'fetched 7', title: /segment 1 of node 7 .* came back from the node/ });

  await writeFile(live().records, '');
  await writeFile(mirrored().records, '');
  for (const paths of [live(), mirrored()]) await rm(path(paths, 2));
  t.match(await mirror.runNow(), { kind: 'succeeded' });
  await same('a hole in both, of which no record is left');
  const records = (await readSegmentRecords(live())).sealed.get(2);
  t.match(records, { sha256: node.writer.sealed.get(2)?.sha256, isShort: false });
  t.strictSame(
    (await readdir(live().directory)).filter((name) => name.endsWith('.tmp')),
    [],
  );

  await uplink[Symbol.asyncDispose]();
  for (const paths of [live(), mirrored()]) await rm(path(paths, 3));
  await mirror.runNow();
  t.match(told.at(-1), { key: 'lacking 7', title: 'the log of node 7 lacks segment 3 here' });
  t.match(told.at(-1)?.detail, /Node 7 is not connected; it is asked when it returns/);
  await connect();
  await repair.nodeConnected(SEVEN, mirror);
  const isBack = async () => (await contentsOf(mirrored())).get(3) === whole.get(3);
  await until(isBack, { timeoutMs: 10_000, what: 'the segment, when the node has come back' });
  await same('the node was away');
});

t.test('the first segments are gone, records and all: another copy knows of them', async (t) => {
  const { live, mirrored, mirror, node } = await threeCopies(t);
  const whole = await contentsOf(node.writer.paths);
  for (const segment of [1, 2]) await rm(sealedSegmentPath(live(), segment));
  await writeFile(live().records, '');
  await rm(sealedSegmentPath(mirrored(), 1));
  t.match(await mirror.runNow(), { kind: 'succeeded' });
  t.strictSame(await contentsOf(live()), whole, 'the records of the mirror know of segment 1');
  t.strictSame(await contentsOf(mirrored()), whole);

  for (const paths of [live(), mirrored()]) {
    await rm(sealedSegmentPath(paths, 1));
    await writeFile(paths.records, '');
  }
  mirror.repairSoon([{ name: 'node-7', segment: 1 }]);
  const isBack = async () => (await contentsOf(mirrored())).get(1) === whole.get(1);
  await until(isBack, { timeoutMs: 10_000, what: 'the segment that verify found to be on the node only' });
  t.strictSame(await contentsOf(live()), whole);
});

t.test('the whole directory of a node is deleted while it is connected: all of it comes back', async (t) => {
  const { live, mirrored, mirror, node } = await threeCopies(t);
  const whole = await contentsOf(node.writer.paths);
  await rm(sealedSegmentPath(mirrored(), 1));
  await rm(live().directory, { recursive: true });
  const isMade = async () => (await readdir(live().root)).includes('node-7') && existsSync(live().meta);
  await until(isMade, { timeoutMs: 10_000, what: 'log.json' });
  t.match(await mirror.runNow(), { kind: 'succeeded' });
  t.strictSame(await contentsOf(live()), whole);
  t.strictSame(await contentsOf(mirrored()), whole);
});

/** Something may be writing there meanwhile. */
const GONE = { recursive: true, maxRetries: 20, retryDelay: 20 } as const;

/** Deletes what the mirror and the receiver have of the sealed segments, records and all. */
async function deleteSealed(
  { live, mirrored, troubles }: Awaited<ReturnType<typeof threeCopies>>,
  of: 'the log' | 'all logs' = 'the log',
) {
  troubles.length = 0;
  for (const segment of [1, 2, 3]) await rm(sealedSegmentPath(mirrored(), segment));
  await writeFile(mirrored().records, '');
  await rm(of === 'the log' ? live().directory : live().root, GONE);
  const isTold = () => troubles.includes(of === 'the log' ? 'directory_gone' : 'copy_changed');
  await until(isTold, { timeoutMs: 10_000, what: 'ingest to find that the directory is gone' });
}

t.test('the directory is deleted while the mirror does not have the first segments', async (t) => {
  const copies = await threeCopies(t);
  const { live, mirrored, mirror, node, repair } = copies;
  const whole = await contentsOf(node.writer.paths);
  t.strictSame(copies.troubles, [], 'a new log is no trouble');
  await deleteSealed(copies);
  await repair.nodeConnected(SEVEN, mirror);
  const isBack = async () => (await contentsOf(mirrored())).size === whole.size;
  await until(isBack, { timeoutMs: 10_000, what: 'the segments, without anybody asking' });
  t.strictSame(await contentsOf(live()), whole);

  await deleteSealed(copies);
  t.match(await mirror.runNow(), { kind: 'succeeded', wanted: { length: 0 } });
  t.strictSame(await contentsOf(live()), whole, 'a run that was asked for');
  t.strictSame(await contentsOf(mirrored()), whole);

  await deleteSealed(copies, 'all logs');
  await repair.nodeConnected(SEVEN, mirror);
  await until(isBack, { timeoutMs: 10_000, what: 'the segments, after all logs were deleted' });
  t.strictSame(await contentsOf(live()), whole);

  await copies.uplink[Symbol.asyncDispose]();
  const isAway = () => !copies.ingest.connected().has(SEVEN);
  await until(isAway, { timeoutMs: 10_000, what: 'ingest to find that the node is away' });
  await rm(live().directory, GONE);
  for (const segment of [1, 2, 3]) await rm(sealedSegmentPath(mirrored(), segment));
  await writeFile(mirrored().records, '');
  await copies.connect();
  await repair.nodeConnected(SEVEN, mirror);
  await until(isBack, { timeoutMs: 10_000, what: 'the segments, deleted while nothing was connected' });
  t.strictSame(await contentsOf(live()), whole);

  t.strictSame(await applyRetention(live(), { maxBytes: 0 }, 3, NOON_MS), [1, 2]);
  t.match(await mirror.runNow(), { kind: 'succeeded', wanted: { length: 0 } });
  t.strictSame([...(await contentsOf(live())).keys()], [3, 4], 'what retention dropped stays away');

  await flipByte(sealedSegmentPath(node.writer.paths, 2), 100);
  await deleteSealed(copies);
  const run = await mirror.runNow();
  t.equal(
    describeLacking(run),
    'the log of node 7 lacks segment 2 here, and the mirror could not give back what is missing',
  );
  t.strictSame([...(await contentsOf(live())).keys()], [1, 3, 4]);
});

t.test('a node that does not have it either says why', async (t) => {
  const { live, mirrored, mirror, node, told } = await threeCopies(t);
  await flipByte(sealedSegmentPath(node.writer.paths, 2), 100);
  for (const paths of [live(), mirrored()]) await rm(sealedSegmentPath(paths, 2));
  await mirror.runNow();
  t.match(told.at(-1), { key: 'lacking 7', detail: /Node 7 says: / });
  await node.writer.lose({ number: 3, fault: 'damaged', reason: 'a test', atMs: 0 });
  for (const paths of [live(), mirrored()]) await rm(sealedSegmentPath(paths, 3));
  await mirror.runNow();
  t.match(told.at(-1), { title: /lacks 2 segments/, detail: /segment 3 is lost here: a test/ });
});

t.test('what a node sends is taken only if it is what was recorded', async (t) => {
  const { live, mirrored, logsRoot, node } = await threeCopies(t);
  const path = sealedSegmentPath(live(), 2);
  const record = node.writer.sealed.get(2);
  if (record === undefined) throw new Error('segment 2 is sealed');
  const { bytes, sha256, fromMs, toMs } = record;
  const wanted = { name: 'node-7', node: SEVEN, log: node.writer.id, segment: 2 };
  const other = await readFile(sealedSegmentPath(node.writer.paths, 1));
  const whys: (string | undefined)[] = [];
  const fetchWith = async (file: object, more: object = {}) => {
    const fetcher = new SegmentFetcher({
      logsRoot,
      askable: () => ({ log: node.writer.id, version: '0.2.0', canFetch: true }),
      async fetch(_node, _segment, to) {
        await writeFile(to, other);
        return { kind: 'whole', file: { bytes, sha256, fromMs, toMs, ...file } };
      },
      onLacking: (lacking) => whys.push(lacking[0]?.why),
      onFetched: () => undefined,
      log: createLogger('silent'),
      ...more,
    });
    return await fetcher.fetch([wanted], new AbortController().signal);
  };
  await rm(path);
  const before = await readSegmentRecords(live());
  t.strictSame(await fetchWith({}), []);
  t.match(whys.at(-1), /what node 7 sent is not the segment/);
  t.strictSame(await fetchWith({ sha256: '0'.repeat(64) }), []);
  t.match(whys.at(-1), /node 7 has .* with SHA-256 000.*, recorded are/);
  t.strictSame(
    await fetchWith({}, { askable: () => ({ log: node.writer.id, version: '0.1.0', canFetch: false }) }),
    [],
  );
  t.match(whys.at(-1), 'not known, because version 0.1.0 of node 7 cannot send segments');
  t.strictSame(await readSegmentRecords(live()), before);
  t.strictSame([...(await contentsOf(live())).keys()], [1, 3, 4]);
  t.ok((await contentsOf(mirrored())).has(2));
});
