import { appendFile } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { readLastLines } from '../../../shared/log/last-lines.ts';
import { LineSplitter, MAX_LINE_BYTES } from '../../../shared/log/line-splitter.ts';
import { LogCursor } from '../../../shared/log/log-cursor.ts';
import { readLines } from '../../../shared/log/log-lines.ts';
import { readLog } from '../../../shared/log/read-log.ts';
import { logPair } from '../../helpers/log-pair.ts';
import {
  appendSamples,
  collect,
  contentOf,
  NOON_MS,
  numbersIn,
  range,
  sample,
  storedSample,
} from '../../helpers/logs.ts';

const numbersFrom = (lines: readonly { readonly text: string }[]) =>
  numbersIn(lines.map(({ text }) => text).join('\n'));

t.test('LineSplitter cuts what comes in pieces of any size', async (t) => {
  const text = Buffer.from('one\n\nthree\nfour');
  for (const size of [1, 2, 3, 100]) {
    const splitter = new LineSplitter(10);
    const found: unknown[] = [];
    for (let at = 0; at < text.length; at += size) {
      splitter.push(text.subarray(at, at + size), (line, offset, end) =>
        found.push([line.toString(), offset, end]),
      );
    }
    t.same(
      found,
      [
        ['one', 10, 14],
        ['', 14, 15],
        ['three', 15, 21],
      ],
      `pieces of ${size}`,
    );
    t.equal(splitter.lineOffset, 21);
    t.equal(splitter.offset, 25);
  }
});

t.test('LineSplitter holds no more than the longest line allowed', async (t) => {
  const splitter = new LineSplitter();
  const found: number[][] = [];
  const onLine = (line: Buffer, offset: number, end: number) => found.push([line.length, offset, end]);
  for (const _ of range(0, 5)) splitter.push(Buffer.alloc(MAX_LINE_BYTES / 2, 'x'), onLine);
  splitter.push(Buffer.from('\nshort\n'), onLine);
  const longBytes = (MAX_LINE_BYTES / 2) * 5;
  t.same(found, [
    [MAX_LINE_BYTES, 0, longBytes + 1],
    [5, longBytes + 1, longBytes + 7],
  ]);
});

t.test('readLines() reads the samples of all segments, from a time or a place on', async (t) => {
  const { writer, writerPaths, sealer } = await logPair(t, { segmentBytes: 600 });
  appendSamples(writer, 0, 40);
  await sealer.idle();
  await appendFile(writerPaths.open, sample(99).slice(0, 30));
  const all = await collect(readLines(writerPaths));
  t.same(numbersFrom(all), range(0, 40), 'no first lines, no torn line');
  t.same(numbersFrom(await collect(readLines(writerPaths, { fromMs: NOON_MS + 25_000 }))), range(25, 40));
  t.same(await collect(readLines(writerPaths, { fromMs: NOON_MS + 9_999_999 })), []);
  for (const line of all) {
    const stored = (await contentOf(writerPaths, line.segment)).slice(line.offset, line.end);
    if (Buffer.from(stored, 'latin1').toString() !== `${line.text}\n`)
      t.fail(`${line.segment}:${line.offset} is ${stored}`);
  }
  const from = all[20];
  t.same(numbersFrom(await collect(readLines(writerPaths, { from }))), range(20, 40));
});

t.test('readLines() follows a log across closing and sealing, until it is told to stop', async (t) => {
  const { writer, writerPaths } = await logPair(t, { segmentBytes: 600 });
  const stop = new AbortController();
  const found: string[] = [];
  appendSamples(writer, 0, 5);
  for await (const { text } of readLines(writerPaths, { follow: true, signal: stop.signal })) {
    found.push(text);
    // Each answer brings the next lines about, so that the reader has to wait for all of them.
    if (found.length % 5 === 0 && found.length < 40) appendSamples(writer, found.length, found.length + 5);
    if (found.length === 40) stop.abort();
  }
  t.same(numbersIn(found.join('\n')), range(0, 40));
});

t.test('readLastLines() brings the newest samples, across the border of a segment', async (t) => {
  const { writer, writerPaths, sealer } = await logPair(t, { segmentBytes: 600 });
  t.same(await readLastLines(writerPaths, 5), []);
  appendSamples(writer, 0, 40);
  await sealer.idle();
  await appendFile(writerPaths.open, sample(99).slice(0, 30));
  for (const count of [1, 3, 15, 40, 100]) {
    t.same(
      numbersFrom(await readLastLines(writerPaths, count)),
      range(Math.max(0, 40 - count), 40),
      `${count}`,
    );
  }
  const line = storedSample(39).length + 1;
  for (const room of [0, line - 1, line, 3 * line, 3 * line + 5, 20 * line, 39 * line]) {
    // The torn line's bytes are read as well, and may cost one line of room.
    const expected = Math.floor(room / line);
    const found = numbersFrom(await readLastLines(writerPaths, 100, room));
    t.ok(found.length <= expected && found.length >= expected - 1, `${room} bytes of room`);
    t.same(found, range(40 - found.length, 40));
  }
});

t.test('what comes after a line whose bytes are not UTF-8 is read from its first byte on', async (t) => {
  const { writer, writerPaths } = await logPair(t);
  appendSamples(writer, 0, 2);
  await appendFile(writerPaths.open, Buffer.from('{"t":"\xff\xfe®"}\n', 'latin1'));
  const last = (await readLastLines(writerPaths, 1)).at(0);
  t.equal(last?.text, '{"t":"\ufffd\ufffd\ufffd"}');
  await appendFile(writerPaths.open, `${sample(2)}\n`);
  const from = last && { segment: last.segment, offset: last.end };
  t.same(numbersFrom(await collect(readLines(writerPaths, { from }))), [2]);
  const bytes = storedSample(2).length + 1 + (last === undefined ? 0 : last.end - last.offset);
  t.equal((await readLastLines(writerPaths, 9, bytes)).length, 2, 'the room is counted in bytes of the file');
});

t.test('a cursor reads open, closed and sealed segments, and their records', async (t) => {
  const { writer, writerPaths, sealer } = await logPair(t);
  appendSamples(writer, 0, 3);
  await using cursor = new LogCursor(writer, { segment: 1, offset: 0 }, 100);
  const bytes: Buffer[] = [];
  const kinds: string[] = [];
  async function readOn(): Promise<void> {
    for (let step = await cursor.next(); step.kind !== 'end'; step = await cursor.next()) {
      if (step.kind === 'bytes') {
        bytes.push(step.bytes);
        t.ok(step.bytes.length <= 100);
      } else kinds.push(`${step.kind} ${step.kind === 'sealed' ? step.record.number : step.segment}`);
    }
  }
  await readOn();
  t.same(cursor.position, writer.end);
  appendSamples(writer, 3, 6);
  writer.closeSegment(NOON_MS);
  await readOn();
  await sealer.idle();
  appendSamples(writer, 6, 9);
  await readOn();
  t.same(kinds, ['sealed 1']);
  t.same(cursor.position, writer.end);
  t.equal(
    Buffer.concat(bytes).toString('latin1'),
    (await contentOf(writerPaths, 1)) + (await contentOf(writerPaths, 2)),
  );
});

t.test('log invariant 1: readers beside a writer that rotates see every line once', async (t) => {
  const { writer, writerPaths, sealer } = await logPair(t, { segmentBytes: 3000 });
  const count = 800;
  let isWriting = true;
  const writing = (async () => {
    for (let n = 0; n < count; n++) {
      writer.append(sample(n, n % 200), NOON_MS);
      if (n % 4 === 0) await turn();
    }
    isWriting = false;
  })();
  while (isWriting) {
    const chunks = (await collect(readLog(writerPaths))).map(({ bytes }) => bytes);
    const found = numbersIn(Buffer.concat(chunks).toString());
    const gap = found.findIndex((n, index) => n !== index);
    if (gap >= 0) t.fail(`after ${found[gap - 1]} comes ${found[gap]}`);
  }
  await writing;
  await sealer.idle();
  t.ok(writer.sealed.size > 5, `${writer.sealed.size} segments were sealed meanwhile`);
  t.same(numbersFrom(await collect(readLines(writerPaths))), range(0, count));
});
