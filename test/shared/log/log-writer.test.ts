import {
  appendFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import t from 'tap';
import { type LogPaths, plainSegmentPath, sealedSegmentPath } from '../../../shared/log/log.ts';
import { readLogMeta } from '../../../shared/log/log-meta.ts';
import type { LogWriter } from '../../../shared/log/log-writer.ts';
import { digestSealed, sealSegment } from '../../../shared/log/seal-segment.ts';
import { readSegmentRecords } from '../../../shared/log/segment-records.ts';
import { verifyLog } from '../../../shared/log/verify-log.ts';
import {
  appendSamples,
  contentOf,
  flipByte,
  NOON_MS,
  numbersOf,
  openWriter,
  pathsIn,
  range,
  rememberingSealer,
  sample,
  storedSample,
} from '../../helpers/logs.ts';

const DAY_MS = 86_400_000;

function setup(t: { testdir(): string; teardown(fn: () => Promise<void>): void }) {
  const { sealer, failed } = rememberingSealer();
  const writers: LogWriter[] = [];
  // Before the directory is made, so that it runs before the directory goes.
  t.teardown(async () => {
    await sealer[Symbol.asyncDispose]();
    for (const writer of writers) writer.openSegment.close();
  });
  const paths = pathsIn(t.testdir());
  async function open(options: { bootId?: string; segmentBytes?: number } = {}, atMs = NOON_MS) {
    const writer = await openWriter(paths, { sealer, ...options }, atMs);
    writers.push(writer);
    return writer;
  }
  return { paths, sealer, failed, open };
}

t.test('log invariant 4: every segment begins with a line that names log, node and number', async (t) => {
  const { paths, open } = setup(t);
  const writer = await open();
  appendSamples(writer, 0, 2);
  writer.closeSegment(NOON_MS);
  for (const number of [1, 2]) {
    const header = JSON.parse((await contentOf(paths, number)).split('\n')[0] ?? '');
    t.match(header, {
      t: '2026-01-02T12:00:00.000Z',
      segment: { format: 1, log: writer.id, node: '7', number },
    });
  }
});

t.test('log invariant 7: after a kill the same segment goes on, and a torn last line is ended', async (t) => {
  const { paths, open } = setup(t);
  const killed = await open();
  appendSamples(killed, 0, 3);
  await appendFile(paths.open, sample(3).slice(0, 20));
  const writer = await open();
  appendSamples(writer, 4, 6);
  t.equal(writer.id, killed.id);
  t.equal(writer.end.segment, 1);
  t.same(await numbersOf(paths), [0, 1, 2, 4, 5]);
  t.match(await contentOf(paths, 1), `${storedSample(3).slice(0, 20)}\n${storedSample(4)}\n`);
  t.equal(writer.openSegment.crc, (await writer.unsealed())[0]?.crc);
});

t.test('log invariant 2: after a power cut the segment is left as it is, and the next begins', async (t) => {
  const { paths, open } = setup(t);
  const before = await open();
  appendSamples(before, 0, 3);
  const writer = await open({ bootId: 'boot-2' });
  t.strictSame(writer.interrupted, [1]);
  t.equal(writer.end.segment, 2);
  t.equal(writer.oldest, 1);
  t.same(
    (await writer.unsealed()).map(({ segment }) => segment),
    [1, 2],
  );
  t.same(await numbersOf(paths), [0, 1, 2]);
  t.same((await readLogMeta(paths))?.interrupted, [1]);
});

t.test('log invariant 2: a clean stop lets the next boot go on in the same segment', async (t) => {
  const { paths, open } = setup(t);
  const before = await open();
  appendSamples(before, 0, 3);
  await before[Symbol.asyncDispose]();
  await before[Symbol.asyncDispose]();
  const writer = await open({ bootId: 'boot-2' });
  appendSamples(writer, 3, 5);
  t.equal(writer.end.segment, 1);
  t.same(writer.interrupted, []);
  t.same(await numbersOf(paths), range(0, 5));
});

t.test('log invariant 2: a clean end that the file does not have is not believed', async (t) => {
  const { paths, open } = setup(t);
  const before = await open();
  appendSamples(before, 0, 3);
  await before[Symbol.asyncDispose]();
  await truncate(paths.open, before.end.offset - 1);
  const writer = await open({ bootId: 'boot-2' });
  t.strictSame(writer.interrupted, [1]);
  t.same(await numbersOf(paths), [0, 1], 'the last line was cut, so it went');
});

t.test(
  'log invariant 5: a tail of zeros, and the torn line before it, are cut off after a power cut',
  async (t) => {
    const { paths, open } = setup(t);
    const before = await open();
    appendSamples(before, 0, 3);
    const { offset } = before.end;
    await appendFile(paths.open, Buffer.concat([Buffer.from(sample(3).slice(0, 30)), Buffer.alloc(5000)]));
    await appendFile(paths.open, `${sample(9)}\n`);
    const writer = await open({ bootId: 'boot-2' });
    t.equal((await writer.unsealed())[0]?.bytes, offset);
    t.same(await numbersOf(paths), [0, 1, 2]);
  },
);

t.test(
  'log invariant 3: what bears the name of the open segment always has a whole first line',
  async (t) => {
    const { paths, open } = setup(t);
    await mkdir(paths.directory);
    await writeFile(paths.open, '{"t":"2026-01-0');
    const writer = await open();
    t.equal(writer.end.segment, 1);
    t.match(await readFile(paths.open, 'utf8'), /^\{"t":"2026-01-02T12:00:00\.000Z","segment":\{"format":1,/);
  },
);

t.test('a segment whose first line is damaged is left as interrupted, not deleted', async (t) => {
  const { paths, open } = setup(t);
  const before = await open();
  appendSamples(before, 0, 30);
  const bytes = await readFile(paths.open);
  bytes.write('X', 3);
  await writeFile(paths.open, bytes);
  const writer = await open();
  t.strictSame(writer.interrupted, [1]);
  t.equal(writer.end.segment, 2);
  t.same(await numbersOf(paths), range(0, 30));
});

t.test('without log.json the open segment says which log it is, and counts as interrupted', async (t) => {
  const { paths, open } = setup(t);
  const before = await open();
  appendSamples(before, 0, 3);
  await rename(paths.meta, `${paths.meta}.lost`);
  const writer = await open();
  t.equal(writer.id, before.id);
  t.strictSame(writer.interrupted, [1]);
});

t.test('a log.json that is damaged is set aside where the open segment says which log it is', async (t) => {
  const { paths, open } = setup(t);
  const before = await open();
  appendSamples(before, 0, 3);
  await writeFile(paths.meta, '{"form');
  const writer = await open();
  t.equal(writer.id, before.id);
  t.strictSame(writer.interrupted, [1]);
  const kept = (await readdir(paths.directory)).filter((name) => name.startsWith('log.json.damaged-'));
  t.equal(kept.length, 1);
});

t.test('nobody guesses the id of a log', async (t) => {
  const { paths, open } = setup(t);
  const before = await open();
  before.closeSegment(NOON_MS);
  await rename(paths.meta, `${paths.meta}.lost`);
  await rename(paths.open, `${paths.open}.lost`);
  await t.rejects(open(), { code: 'LOG_DAMAGED' }, 'no log.json, no open segment, but others');
  await writeFile(paths.meta, '{');
  await t.rejects(open(), { code: 'LOG_DAMAGED' }, 'a log.json that cannot be read');
  await writeFile(paths.meta, '{"format":2}');
  await t.rejects(open(), { code: 'FORMAT_NEWER' }, 'one of a newer version is not called damaged');
});

t.test('a segment of another log under this name is set aside', async (t) => {
  const { paths, open } = setup(t);
  const before = await open();
  const other = '00000000-0000-7000-8000-000000000000';
  await writeFile(
    paths.open,
    (await readFile(paths.open, 'utf8')).replace(/"log":"[^"]+"/, `"log":"${other}"`),
  );
  const writer = await open();
  t.equal(writer.id, before.id);
  t.strictSame([writer.interrupted, writer.end.segment], [[1], 2]);
  t.match((await readdir(paths.directory)).join(' '), /00000001\.replaced-\S+\.aside/);
});

t.test('segments end at their size, and at midnight UTC', async (t) => {
  const { paths, sealer, open } = setup(t);
  const writer = await open({ segmentBytes: 1000 });
  appendSamples(writer, 0, 30);
  await sealer.idle();
  t.ok(writer.sealed.size >= 1);
  for (const { bytes } of writer.sealed.values()) t.ok(bytes >= 1000 && bytes < 1100, `${bytes} bytes`);
  const { segment } = writer.end;
  const midnightMs = Math.ceil(NOON_MS / DAY_MS) * DAY_MS;
  writer.append(sample(40), midnightMs - 1);
  t.equal(writer.end.segment, segment);
  writer.append(sample(41), midnightMs);
  t.equal(writer.end.segment, segment + 1);
  t.match(await contentOf(paths, segment), /"n":40,/);
  t.match(await contentOf(paths, segment + 1), /"n":41,/);
});

t.test(
  'log invariant 6: what is sealed is recorded with times, length and SHA-256, and read as before',
  async (t) => {
    const { paths, sealer, failed, open } = setup(t);
    const writer = await open();
    appendSamples(writer, 0, 5);
    const before = await contentOf(paths, 1);
    writer.closeSegment(NOON_MS);
    await sealer.idle();
    const record = (await readSegmentRecords(paths)).sealed.get(1);
    t.same(record, writer.sealed.get(1));
    t.match(record, { bytes: before.length, fromMs: NOON_MS, toMs: NOON_MS + 4000, isShort: false });
    t.equal(await contentOf(paths, 1), before);
    t.same((await readdir(paths.directory)).sort(), ['00000001.ndjson.zst', 'log.json', 'segments.ndjson']);
    t.same(failed, []);
  },
);

t.test('an interrupted segment is healed with what the receiver kept, ended and sealed', async (t) => {
  const { paths, sealer, open } = setup(t);
  const before = await open();
  appendSamples(before, 0, 3);
  const { offset } = before.end;
  const writer = await open({ bootId: 'boot-2' });
  await writer.heal(1, offset, Buffer.from(`${sample(3)}\n`));
  await t.rejects(writer.heal(1, offset, Buffer.from('again')), /ends at/);
  await t.rejects(writer.heal(2, 0, Buffer.from('x')), /segment 2 is not interrupted/);
  await writer.heal(1, offset + storedSample(3).length + 1, Buffer.from(sample(4).slice(0, 9)));
  await writer.endInterrupted(1);
  await sealer.idle();
  t.same(writer.interrupted, []);
  t.equal(writer.sealed.get(1)?.number, 1);
  t.ok((await contentOf(paths, 1)).endsWith(`${storedSample(3)}\n${storedSample(4).slice(0, 9)}\n`));
  t.same((await verifyLog(paths)).problems, []);
});

t.test('interrupted segments may be ended at the same time', async (t) => {
  const { sealer, open } = setup(t);
  for (const boot of range(1, 6))
    appendSamples(await open({ bootId: `boot-${boot}` }), boot * 10, boot * 10 + 3);
  const writer = await open({ bootId: 'boot-9' });
  t.strictSame(writer.interrupted, range(1, 6));
  await Promise.all(writer.interrupted.map((number) => writer.endInterrupted(number)));
  await sealer.idle();
  t.strictSame([...writer.sealed.keys()].sort(), range(1, 6));
});

t.test('interruptSegment() leaves the segment that is being written, across a kill too', async (t) => {
  const { paths, open } = setup(t);
  const before = await open();
  appendSamples(before, 0, 3);
  await before.interruptSegment(NOON_MS);
  t.strictSame(before.interrupted, [1]);
  t.equal(before.end.segment, 2);
  // Killed between the note and the new file: the note is there, the file has not moved.
  await rename(plainSegmentPath(paths, 1), paths.open);
  await writeFile(paths.meta, (await readFile(paths.meta, 'utf8')).replace('"open": 2', '"open": 1'));
  const writer = await open();
  t.strictSame(writer.interrupted, [1]);
  t.equal(writer.end.segment, 2);
});

/** What a kill leaves when it comes between two steps of closing segment 1 and of sealing it. */
const KILLS: Readonly<Record<string, (paths: LogPaths) => Promise<void>>> = {
  'before anything moved': async (paths) => await makeOld(`${plainSegmentPath(paths, 2)}.some.tmp`, 'torn'),
  'between the old file and the new': async (paths) => await rename(paths.open, plainSegmentPath(paths, 1)),
  'while compressing': async (paths) => {
    await rename(paths.open, plainSegmentPath(paths, 1));
    await makeOld(`${sealedSegmentPath(paths, 1)}.some.tmp`, 'torn');
  },
  'while recording': async (paths) => {
    await rename(paths.open, plainSegmentPath(paths, 1));
    await writeFile(paths.records, '\n{"number":1,"bytes":3');
  },
  'between record and compressed file': async (paths) => {
    await sealAside(paths);
    await rm(sealedSegmentPath(paths, 1));
  },
  'before the plain file went': sealAside,
};

/** Seals segment 1 and puts its plain file back. */
async function sealAside(paths: LogPaths): Promise<void> {
  const plain = plainSegmentPath(paths, 1);
  await rename(paths.open, plain);
  await cp(plain, `${plain}.kept`);
  await sealSegment(paths, 1, undefined);
  await rename(`${plain}.kept`, plain);
}

/** A file from before this process. */
async function makeOld(path: string, content: string): Promise<void> {
  await writeFile(path, content);
  await utimes(path, 1, 1);
}

for (const [moment, leaveBehind] of Object.entries(KILLS)) {
  t.test(`log invariants 6 and 7: a kill ${moment} loses nothing and leaves nothing behind`, async (t) => {
    const { paths, sealer, failed, open } = setup(t);
    appendSamples(await open(), 0, 3);
    await leaveBehind(paths);
    const writer = await open();
    appendSamples(writer, 3, 5);
    writer.closeSegment(NOON_MS);
    await sealer.idle();
    t.same(await numbersOf(paths), range(0, 5));
    t.same((await verifyLog(paths)).problems, []);
    t.same(failed, []);
    const expected = [...writer.sealed.keys()].map((number) => `0000000${number}.ndjson.zst`);
    t.same((await readdir(paths.directory)).sort(), [...expected, 'log.json', 'segments.ndjson']);
  });
}

t.test(
  'log invariant 6: a plain file that is not what the writer recorded is kept, and said so',
  async (t) => {
    const { paths, open } = setup(t);
    const writer = await open();
    appendSamples(writer, 0, 3);
    const record = { number: 1, bytes: 5, sha256: 'ab', fromMs: 0, toMs: 0, isShort: false };
    await rename(paths.open, plainSegmentPath(paths, 1));
    await t.rejects(sealSegment(paths, 1, { expected: record }), { code: 'LOG_DAMAGED' });
    t.same(await readdir(paths.directory), ['00000001.ndjson', 'log.json']);
  },
);

t.test(
  'log invariant 6: no flipped byte of a compressed segment ever decodes to something else',
  async (t) => {
    const { paths, sealer, open } = setup(t);
    const writer = await open();
    appendSamples(writer, 0, 50);
    writer.closeSegment(NOON_MS);
    await sealer.idle();
    const path = sealedSegmentPath(paths, 1);
    const expected = writer.sealed.get(1)?.sha256;
    const { size } = await stat(path);
    let noticed = 0;
    for (const offset of range(0, size)) {
      await flipByte(path, offset);
      const found = await digestSealed(path).catch(() => undefined);
      if (found === undefined) noticed++;
      else if (found.sha256 !== expected) t.fail(`a flip at ${offset} decodes to something else`);
      await flipByte(path, offset);
    }
    t.ok(noticed > size * 0.9, `${noticed} of ${size} flips make it undecodable`);
    t.equal((await digestSealed(path)).sha256, expected);
  },
);

t.test('a reading under way outlives the closing of its segment', async (t) => {
  const { open } = setup(t);
  const writer = await open();
  appendSamples(writer, 0, 2000, 100);
  const { openSegment } = writer;
  const { bytes, crc } = openSegment;
  const reading = openSegment.read(0, bytes);
  const summing = openSegment.crcAt(bytes - 1);
  writer.closeSegment(NOON_MS);
  // Takes the file descriptor's number, if it was given back too early.
  await open();
  t.equal(crc32(await reading), crc);
  t.equal(await summing, crc32((await reading).subarray(0, -1)));
  await t.rejects(openSegment.read(0, 1), /is closed/);
  t.throws(() => openSegment.append([Buffer.from('x')]), /is closed/);
});

t.test('a listener hears of appends and of sealing, until it leaves', async (t) => {
  const { sealer, open } = setup(t);
  const writer = await open();
  let heard = 0;
  const leave = writer.subscribe(() => heard++);
  writer.append(sample(0), NOON_MS);
  t.equal(heard, 1);
  writer.closeSegment(NOON_MS);
  t.equal(heard, 2);
  await sealer.idle();
  t.equal(heard, 3);
  leave();
  writer.append(sample(1), NOON_MS);
  t.equal(heard, 3);
});
