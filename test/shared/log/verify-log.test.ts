import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import t from 'tap';
import { compareLogs } from '../../../shared/log/compare-logs.ts';
import { logPaths, sealedSegmentPath } from '../../../shared/log/log.ts';
import { recordDropped } from '../../../shared/log/segment-records.ts';
import { verifyLog } from '../../../shared/log/verify-log.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { logPair, replay } from '../../helpers/log-pair.ts';
import {
  appendSamples,
  contentOf,
  flipByte,
  NOON_MS,
  newPaths,
  recordOf,
  storedSample,
} from '../../helpers/logs.ts';

type Test = Parameters<typeof logPair>[0];

/** Two equal copies: segments 1 to 3 sealed, 4 open. */
async function twoCopies(t: Test) {
  const pair = await logPair(t);
  const { writer, sealer } = pair;
  for (const segment of [1, 2, 3, 4]) {
    appendSamples(writer, segment * 100, segment * 100 + 30);
    if (segment < 4) writer.closeSegment(NOON_MS);
  }
  await sealer.idle();
  const follower = await pair.follow();
  await replay(writer, follower);
  await sealer.idle();
  const verifyBoth = async () =>
    [await verifyLog(pair.writerPaths), await verifyLog(pair.followerPaths)] as const;
  return { ...pair, follower, verifyBoth };
}

t.test('verifyLog() tells every segment with length and SHA-256', async (t) => {
  const { writer, writerPaths } = await twoCopies(t);
  const progress: [number, number][] = [];
  const report = await verifyLog(writerPaths, { onProgress: (...args) => progress.push(args) });
  t.equal(report.id, writer.id);
  t.same(report.problems, []);
  t.same(
    report.segments.map(({ number, kind }) => `${number} ${kind}`),
    ['1 sealed', '2 sealed', '3 sealed', '4 open'],
  );
  t.equal(report.segments[0]?.sha256, recordOf(writer, 1).sha256);
  t.equal(report.segments[3]?.bytes, writer.end.offset);
  t.equal(report.segments[0]?.lines, 31);
  t.same(progress.at(-1), [4, writer.end.offset]);
  t.match(await verifyLog(await newPaths()), { segments: [], problems: [], bytes: 0 }, 'no log, no problem');
});

t.test(
  'a flipped byte of a compressed segment is found, and named by its place when there is a second copy',
  async (t) => {
    const { followerPaths, verifyBoth } = await twoCopies(t);
    const path = sealedSegmentPath(followerPaths, 2);
    await flipByte(path, 77);
    const [a, b] = await verifyBoth();
    t.match(b.problems, [{ kind: 'damaged', path, what: /cannot be decoded/ }]);
    t.equal(b.segments[1]?.sha256, undefined);
    const { agrees, differences } = await compareLogs(a, b);
    t.equal(agrees, false);
    t.match(differences, [{ kind: 'differs', segment: 2, isRaw: true, b: { path, offset: 77 } }]);
    t.equal(differences.length, 1);
  },
);

t.test('a flip that the decoder does not mind is named too', async (t) => {
  const { followerPaths, verifyBoth } = await twoCopies(t);
  const path = sealedSegmentPath(followerPaths, 2);
  await appendFile(path, 'x');
  const { size } = { size: (await readFile(path)).length };
  const { agrees, encodings } = await compareLogs(...(await verifyBoth()));
  t.equal(agrees, true, 'what it holds is the same');
  t.match(encodings, [{ segment: 2, b: { path, offset: size - 1 } }]);
});

t.test('a flipped byte of the open segment is named by its place', async (t) => {
  const { followerPaths, writerPaths, verifyBoth } = await twoCopies(t);
  await flipByte(followerPaths.open, 300);
  const { agrees, differences } = await compareLogs(...(await verifyBoth()));
  t.equal(agrees, false);
  t.match(differences, [
    {
      kind: 'differs',
      segment: 4,
      isRaw: false,
      a: { path: writerPaths.open, offset: 300 },
      b: { path: followerPaths.open, offset: 300 },
    },
  ]);
});

t.test('NUL bytes and lines that are none are named by their places, torn lines are counted', async (t) => {
  const { writer, writerPaths } = await twoCopies(t);
  const { offset } = writer.end;
  await appendFile(writerPaths.open, `{"t":"torn\n{\nno line\n\n${'\0'.repeat(3)}\n`);
  const { problems, segments } = await verifyLog(writerPaths);
  t.match(
    problems.map((problem) => [problem.offset, problem.what]),
    [
      [offset + 22, /NUL/],
      [offset + 13, /does not begin like a sample/],
      [offset + 21, /does not begin/],
      [offset + 22, /does not begin/],
    ],
  );
  t.equal(segments[3]?.tornLines, 2);
});

t.test('many bad lines are counted, not listed', async (t) => {
  const { writerPaths } = await twoCopies(t);
  await appendFile(writerPaths.open, 'bad\n'.repeat(50));
  const { problems } = await verifyLog(writerPaths);
  t.equal(problems.length, 11);
  t.match(problems.at(-1)?.what, 'and 40 more');
});

t.test('a record that is not what lies there, or not there at all, is a problem', async (t) => {
  const { writerPaths } = await twoCopies(t);
  const text = await readFile(writerPaths.records, 'utf8');
  await writeFile(writerPaths.records, text.replace(/"sha256":"../, '"sha256":"zz'));
  t.match((await verifyLog(writerPaths)).problems, [
    { kind: 'damaged', path: sealedSegmentPath(writerPaths, 1), what: /recorded are/ },
  ]);
  await writeFile(writerPaths.records, text.replace(/^.*"number":2.*$/m, ''));
  t.match((await verifyLog(writerPaths)).problems, [
    { path: sealedSegmentPath(writerPaths, 2), what: /not recorded/ },
  ]);
});

t.test('a missing segment is a problem, unless retention dropped it', async (t) => {
  const { writerPaths } = await twoCopies(t);
  await rm(sealedSegmentPath(writerPaths, 2));
  t.match((await verifyLog(writerPaths)).problems, [
    { kind: 'missing', path: sealedSegmentPath(writerPaths, 2) },
  ]);
  await recordDropped(writerPaths, 2);
  t.match((await verifyLog(writerPaths)).problems, [{ kind: 'gap', what: /segment 2 is/ }]);
  await rm(sealedSegmentPath(writerPaths, 1));
  await recordDropped(writerPaths, 1);
  t.same((await verifyLog(writerPaths)).problems, []);
});

t.test('a segment that names another number or another log is a problem', async (t) => {
  const { writer, writerPaths, sealer } = await twoCopies(t);
  writer.closeSegment(NOON_MS);
  await sealer.idle();
  const meta = await readFile(writerPaths.meta, 'utf8');
  await writeFile(writerPaths.meta, meta.replace(writer.id, '00000000-0000-7000-8000-000000000000'));
  t.equal((await verifyLog(writerPaths)).problems.filter(({ what }) => /names log/.test(what)).length, 5);
  await writeFile(writerPaths.meta, '{');
  t.match((await verifyLog(writerPaths)).problems, [{ path: writerPaths.meta, what: /is damaged/ }]);
  await writeFile(writerPaths.meta, meta);
  await writeFile(sealedSegmentPath(writerPaths, 1), await readFile(sealedSegmentPath(writerPaths, 2)));
  t.match((await verifyLog(writerPaths)).problems[0]?.what, /names segment 2, not 1/);
});

t.test('the open segment may grow while it is verified', async (t) => {
  const { writer, writerPaths } = await twoCopies(t);
  const { offset } = writer.end;
  let written = 0;
  const report = await verifyLog(writerPaths, {
    onProgress: (segment) => {
      if (segment === 4 && written++ < 3) appendSamples(writer, 500 + written, 501 + written);
    },
  });
  t.ok(written > 0);
  t.equal(report.segments.at(-1)?.bytes, offset);
  t.same(report.problems, []);
});

t.test('a segment may be closed and sealed while the log is verified', async (t) => {
  const { writer, writerPaths } = await twoCopies(t);
  let isClosed = false;
  const report = await verifyLog(writerPaths, {
    onProgress: () => {
      if (!isClosed) writer.closeSegment(NOON_MS);
      isClosed = true;
    },
  });
  t.same(
    report.segments.map(({ number }) => number),
    [1, 2, 3, 4],
  );
  t.same(report.problems, []);
});

t.test('compareLogs() says which copy ends earlier, and by how many bytes', async (t) => {
  const { writer, verifyBoth } = await twoCopies(t);
  const line = storedSample(500).length + 1;
  appendSamples(writer, 500, 502);
  const first = await compareLogs(...(await verifyBoth()));
  t.match(first, {
    agrees: true,
    behindBytes: { a: 0, b: 2 * line },
    shortages: [{ segment: 4, which: 'b', kind: 'behind' }],
  });
  writer.closeSegment(NOON_MS);
  const header = (await contentOf(writer.paths, 5)).length;
  const [a, b] = await verifyBoth();
  t.match(await compareLogs(a, b), { agrees: true, behindBytes: { a: 0, b: 2 * line + header } });
  t.match(await compareLogs(b, a), { agrees: true, behindBytes: { a: 2 * line + header, b: 0 } });
  t.equal((await compareLogs(a, b)).comparedBytes, b.bytes);
});

t.test('compareLogs() tells what was dropped from a hole', async (t) => {
  const { followerPaths, verifyBoth } = await twoCopies(t);
  await rm(sealedSegmentPath(followerPaths, 1));
  await rm(sealedSegmentPath(followerPaths, 3));
  const { shortages, behindBytes } = await compareLogs(...(await verifyBoth()));
  t.match(shortages, [
    { segment: 1, which: 'b', kind: 'dropped' },
    { segment: 3, which: 'b', kind: 'hole' },
  ]);
  t.same(behindBytes, { a: 0, b: 0 });
});

t.test('compareLogs() compares copies of one log only, and stops when told to', async (t) => {
  const { verifyBoth } = await twoCopies(t);
  const [a, b] = await verifyBoth();
  const other = '00000000-0000-7000-8000-000000000000' as NonNullable<typeof a.id>;
  t.match(await compareLogs(a, { ...b, id: other }), { agrees: false, differences: [{ kind: 'other-log' }] });
  const signal = AbortSignal.abort(new Error('enough'));
  await t.rejects(compareLogs(a, b, { signal }), /enough/);
  await t.rejects(verifyLog(a.paths, { signal }), /enough|aborted/);
});

t.test('an open segment whose first line is damaged is told of, not overlooked', async (t) => {
  const root = t.testdir({
    'node-7.log': `{"t":"2026-11-20T00:00:00.000Z","segm\u0001nt":{}}\n{"t":"x"}\n`,
    'node-7': {},
  });
  const report = await verifyLog(logPaths(root, parseNodeName('7')));
  t.match(report.problems, [{ kind: 'damaged', path: /node-7\.log$/, offset: 0, what: /first line/ }]);
});
