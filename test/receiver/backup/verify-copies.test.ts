import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { NodeDigest } from '../../../receiver/backup/compare-node.ts';
import type { LogCopies } from '../../../receiver/backup/copies-report.ts';
import { verifyCopies } from '../../../receiver/backup/verify-copies.ts';
import { digestOf } from '../../../shared/log/digest.ts';
import type { LogPaths } from '../../../shared/log/log.ts';
import { readLogMeta, writeLogMeta } from '../../../shared/log/log-meta.ts';
import { readSegment } from '../../../shared/log/read-log.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { appendSamples, flipByte, NOON_MS } from '../../helpers/logs.ts';
import { bytesOf, mirroredLogs, runOnce } from './mirrored-logs.ts';

/** Two sealed segments and an open one of node 7, mirrored. */
async function mirroredNode(t: Parameters<typeof mirroredLogs>[0]) {
  const logs = await mirroredLogs(t);
  const writer = await logs.write('7');
  for (const n of [0, 1]) {
    appendSamples(writer, n * 100, n * 100 + 100);
    writer.closeSegment(NOON_MS);
  }
  await logs.sealer.idle();
  appendSamples(writer, 200, 300);
  const mirror = await logs.start();
  await runOnce(mirror);
  /** With no question to the node unless `nodeDigest` says what it answers. */
  const verify = async (nodeDigest?: () => Promise<NodeDigest | undefined>, position = writer.end) => {
    const { logsRoot, directory: mirrorDirectory, recordPath } = logs;
    const known = nodeDigest === undefined ? [] : [{ node: SEVEN, log: writer.id, position }];
    const how = { recordPath, bootId: 'boot-1', known };
    return await verifyCopies({ logsRoot, mirrorDirectory, ...how, nodeDigest });
  };
  return { ...logs, writer, mirror, verify };
}

const SEVEN = parseNodeName('7');

/** What a node answers whose copy lies at `paths`, of which nobody else knows. */
async function answerOf(paths: LogPaths, upTo: readonly number[]): Promise<NodeDigest> {
  const segments = upTo.map(async (number) => {
    async function* bytes() {
      for await (const chunk of readSegment(paths, number)) yield chunk.bytes;
    }
    return { number, ...(await digestOf(bytes())) };
  });
  return { segments: await Promise.all(segments) };
}

function only(logs: readonly LogCopies[]): LogCopies {
  const [first] = logs;
  if (first === undefined || logs.length !== 1) throw new Error(`there are ${logs.length} logs, not one`);
  return first;
}

t.test(
  'verifyCopies() proves that the copies agree, and says by how much the mirror is behind',
  async (t) => {
    const { verify, writer, live } = await mirroredNode(t);
    const mirroredTo = writer.end;
    const before = await verify();
    t.strictSame([before.isSound, before.mirrorAbsence], [true, undefined]);
    t.match(only(before.logs), { name: 'node-7', log: writer.id, agreedTo: mirroredTo, findings: [] });

    appendSamples(writer, 300, 350);
    const report = await verify(async () => await answerOf(live(), [1, 2, 3]));
    t.ok(report.isSound, 'a copy that is shorter is no contradiction');
    const log = only(report.logs);
    t.strictSame(log.agreedTo, mirroredTo);
    t.match(log.copies, [
      { copy: 'live', end: writer.end, behindBytes: 0, segments: 3 },
      { copy: 'mirror', end: mirroredTo, behindBytes: writer.end.offset - mirroredTo.offset },
      { copy: 'node', end: writer.end, behindBytes: 0 },
    ]);
    t.strictSame(JSON.parse(JSON.stringify(report.isSound)), true);
  },
);

t.test('a flipped byte in a compressed segment of the mirror is named by file and offset', async (t) => {
  const { verify, mirrored } = await mirroredNode(t);
  const path = join(mirrored().directory, '00000002.ndjson.zst');
  await flipByte(path, 321);
  const report = await verify();
  t.notOk(report.isSound);
  const log = only(report.logs);
  t.match(log.findings, [{ copy: 'mirror', file: path, segment: 2, offset: 321, isRaw: true }]);
  t.equal(log.findings.length, 1, 'one flipped byte is one finding');
  t.strictSame(log.agreedTo, { segment: 2, offset: 0 });
});

t.test('a flipped byte in a plain segment is named by file and offset', async (t) => {
  const { verify, mirrored, live } = await mirroredNode(t);
  const sound = await answerOf(live(), [1, 2, 3]);
  await flipByte(mirrored().open, 1234);

  const undecided = await verify();
  t.notOk(undecided.isSound);
  t.match(only(undecided.logs).findings, [{ copy: undefined, segment: 3, offset: 1234, isRaw: false }]);
  t.match(only(undecided.logs).findings[0]?.what, new RegExp(mirrored().open), 'both files are named');
  t.strictSame(only(undecided.logs).agreedTo, { segment: 3, offset: 1234 });

  const decided = only((await verify(async () => sound)).logs);
  t.match(
    decided.findings,
    [{ copy: 'mirror', file: mirrored().open, segment: 3, offset: 1234 }],
    'the node decides',
  );

  await flipByte(mirrored().open, 1234);
  await flipByte(live().open, 4321);
  const other = only((await verify(async () => sound)).logs);
  t.match(other.findings[0], { copy: 'live', file: live().open, segment: 3, offset: 4321 });
});

t.test('a node that holds other bytes is found', async (t) => {
  const { verify, live } = await mirroredNode(t);
  const sound = await answerOf(live(), [1, 2]);
  const segments = (sound.segments ?? []).map((one) =>
    one.number === 2 ? { ...one, sha256: '0'.repeat(64) } : one,
  );
  const report = await verify(async () => ({ segments }));
  t.notOk(report.isSound);
  t.match(only(report.logs).findings, [{ segment: 2, what: /are not those that the node itself has/ }]);
});

t.test('a node that cannot be asked, or does not say what it holds, proves nothing', async (t) => {
  const { verify, live } = await mirroredNode(t);
  const sound = await answerOf(live(), [1, 2, 3]);
  const answers: [string, () => Promise<NodeDigest | undefined>, RegExp][] = [
    ['not connected', async () => undefined, /did not prove its own copy: not connected/],
    ['an error', async () => ({ error: 'EIO' }), /did not prove its own copy: EIO/],
    ['nothing', async () => ({ segments: [] }), /the node answered that it holds nothing/],
    ['no answer', () => Promise.reject(new Error('node 7 did not say')), /copy: node 7 did not say/],
    ['half an answer', async () => ({}), /it did not say what it holds/],
  ];
  for (const [what, answer, doubt] of answers) {
    const report = await verify(answer);
    t.match(report, { verdict: 'not_proven', isSound: false, logs: [{ findings: [] }] }, what);
    t.match(only(report.logs).doubts, [doubt]);
  }
  t.equal((await verify(async () => sound)).verdict, 'sound');
});

t.test('a node that has less than it had acknowledged is found, and so is what only it has', async (t) => {
  const { verify, live } = await mirroredNode(t);
  const sound = (await answerOf(live(), [1, 2, 3])).segments ?? [];
  const [one, two, three] = sound;
  if (one === undefined || two === undefined || three === undefined) throw new Error('three segments');
  const findingsOf = async (digest: NodeDigest) => only((await verify(async () => digest)).logs).findings;
  t.match(await findingsOf({ segments: [one, three] }), [
    {
      copy: 'node',
      segment: 2,
      what: `the node lacks ${two.bytes} bytes of segment 2 that the receiver has`,
    },
  ]);
  const paged = { unreadable: [], lost: [], dropped: 0 };
  t.match(await findingsOf({ ...paged, segments: [two, three] }), [
    { copy: 'node', segment: 1, what: /the node lacks/ },
  ]);
  t.strictSame(await findingsOf({ ...paged, segments: [two, three], dropped: 1 }), [], 'it dropped it');
  t.strictSame(await findingsOf({ ...paged, segments: [two, three], lost: [1] }), [], 'it reported the loss');
  t.match(
    await findingsOf({ ...paged, segments: [one, three], unreadable: [{ number: 2, error: 'ZSTD' }] }),
    [{ copy: 'node', segment: 2, what: 'cannot be read on the node: ZSTD' }],
  );
  t.match(await findingsOf({ segments: [...sound, { ...three, number: 4 }] }), [
    { copy: 'live', segment: 4, what: /is not there, and the node has/ },
  ]);
  t.match(await findingsOf({ segments: [one, { ...two, bytes: two.bytes + 9 }, three] }), [
    {
      copy: 'live',
      segment: 2,
      what: `ends after ${two.bytes} bytes here, and the node has ${two.bytes + 9}`,
    },
  ]);
  const many = Array.from({ length: 500 }, () => three);
  const doubts = only((await verify(async () => ({ segments: many }))).logs).doubts;
  t.match(doubts, [/tells of its newest 500 segments only/]);
});

t.test('a node that says that it dropped what it cannot have dropped proves nothing by that', async (t) => {
  const { verify, live } = await mirroredNode(t);
  const [one, two, three] = (await answerOf(live(), [1, 2, 3])).segments ?? [];
  if (one === undefined || two === undefined || three === undefined) throw new Error('three segments');
  const paged = { unreadable: [], lost: [] };
  const answers: [string, NodeDigest, object][] = [
    ['an early version without the oldest', { segments: [two, three] }, UNTOLD],
    ['an early version with the newest only', { segments: [three] }, UNTOLD],
    ['everything', { ...paged, segments: [one, two], dropped: 3 }, { findings: [{ segment: 3 }] }],
    ['far too much', { ...paged, segments: [one], dropped: 2 ** 31 }, { findings: [{ segment: 3 }] }],
    [
      'what it writes, which it cannot read',
      { segments: [one, two], unreadable: [{ number: 3, error: 'EIO' }], dropped: 9 },
      { findings: [{ segment: 3, what: 'cannot be read on the node: EIO' }] },
    ],
    ['a contradiction', { ...paged, segments: [one, two, three], dropped: 3 }, { doubts: [/dropped .* 3/] }],
    [
      'an error on a later page',
      { ...paged, segments: undefined, error: 'EIO', unreadable: [{ number: 2, error: 'ZSTD' }] },
      { findings: [{ segment: 2 }], doubts: [/EIO/] },
    ],
  ];
  for (const [what, answer, expected] of answers) {
    const report = await verify(async () => answer);
    t.notOk(report.isSound, what);
    t.match(only(report.logs), expected, what);
  }
});

const UNTOLD = { findings: [], doubts: [/does not tell why it has nothing before segment/] };

t.test('a copy that used to be there and is gone, or ends earlier, is not sound', async (t) => {
  const { verify, live, mirrored, writer, logsRoot } = await mirroredNode(t);
  const sound = await answerOf(live(), [1, 2, 3]);
  const told = async (copy: string) => {
    const report = await verify(async () => sound);
    t.equal(report.verdict, 'not_sound');
    return only(report.logs)
      .findings.filter((one) => one.copy === copy)
      .map(({ what }) => what);
  };
  const [there, here] = [await bytesOf(live().open), await bytesOf(mirrored().open)];
  await writeFile(mirrored().open, here.slice(0, 500), 'latin1');
  t.match(await told('mirror'), [
    /the mirror had segment 3 up to byte \d+ at its last run; now it ends in segment 3/,
  ]);
  await writeFile(mirrored().open, here, 'latin1');
  await writeFile(live().open, there.slice(0, there.lastIndexOf('{')), 'latin1');
  t.match(
    (await told('live')).at(-1),
    /the receiver acknowledged segment 3 up to byte \d+; now it ends in segment 3/,
  );
  await rm(live().open);
  t.match((await told('live')).at(-1), /the receiver acknowledged .*; now it ends in segment 2/);
  await writeFile(live().open, there, 'latin1');
  await rm(mirrored().directory, { recursive: true });
  await rm(mirrored().open);
  t.match(await told('mirror'), [/the mirror had segment 3 .*; nothing is there now/]);
  await writer[Symbol.asyncDispose]();
  await rm(logsRoot, { recursive: true });
  t.match(await told('live'), [/the receiver acknowledged .*; nothing is there now/]);
});

t.test('a node that has just joined is not proven until it has been mirrored', async (t) => {
  const logs = await mirroredLogs(t);
  const mirror = await logs.start();
  const { logsRoot, directory: mirrorDirectory, recordPath } = logs;
  const how = { logsRoot, mirrorDirectory, recordPath, bootId: 'boot-1', known: [] };
  t.match(await verifyCopies(how), { verdict: 'not_proven', isMirrorLost: false });
  await runOnce(mirror);
  appendSamples(await logs.write('7'), 0, 10);
  const report = await verifyCopies(how);
  t.match(report, { verdict: 'not_proven', logs: [{ doubts: [/the mirror has no copy of it yet/] }] });
  await runOnce(mirror);
  t.match(await verifyCopies(how), { verdict: 'sound' });
  await rm(mirrorDirectory, { recursive: true });
  t.match(await verifyCopies(how), { verdict: 'not_sound', isMirrorLost: true });
});

t.test('what a power cut left at the end is not damage, and not proven until it is recovered', async (t) => {
  const { verify, live, writer } = await mirroredNode(t);
  await writer[Symbol.asyncDispose]();
  await writeFile(live().open, Buffer.concat([await readFile(live().open), Buffer.alloc(3000)]));
  const meta = await readLogMeta(live());
  if (meta === undefined) throw new Error('a log has a log.json');
  await writeLogMeta(live(), { ...meta, bootId: 'boot-0' });
  t.match(await verify(), {
    verdict: 'not_proven',
    logs: [{ findings: [], doubts: [/is not recovered yet/] }],
  });
  await writeLogMeta(live(), meta);
  t.match(await verify(), { verdict: 'not_sound' }, 'under the same boot nothing excuses it');
});

t.test('a damaged log.json next to a damaged open segment is found, and ends nothing', async (t) => {
  const { verify, live } = await mirroredNode(t);
  await writeFile(live().meta, '{"format":');
  const open = await readFile(live().open);
  await writeFile(live().open, open.fill(0, Math.floor(open.length / 2)));
  const report = await verify();
  t.equal(report.verdict, 'not_sound');
  t.match(only(report.logs).findings, [{ copy: 'live' }, { copy: 'live' }]);
});

t.test('a lost segment is found, and who lacks it', async (t) => {
  const { verify, mirrored } = await mirroredNode(t);
  const path = join(mirrored().directory, '00000001.ndjson.zst');
  await rm(path);
  const log = only((await verify()).logs);
  t.match(log.findings, [{ copy: 'mirror', file: path, what: /recorded, but not there/ }]);
});

t.test('a mirror that is not there is told, and the live logs are verified all the same', async (t) => {
  const { verify, directory, live } = await mirroredNode(t);
  await rm(directory, { recursive: true });
  await mkdir(directory);
  await flipByte(join(live().directory, '00000001.ndjson.zst'), 100);
  const report = await verify();
  t.match(report.mirrorAbsence, /is no mirror; is the drive mounted\?/);
  t.match(only(report.logs).findings, [{ copy: 'live', file: /00000001\.ndjson\.zst$/ }]);
  t.equal(only(report.logs).agreedTo, undefined);
});

t.test('two logs under one name are not compared with each other', async (t) => {
  const { verify, live, logsRoot, writer, write, data } = await mirroredNode(t);
  await writer[Symbol.asyncDispose]();
  await rm(logsRoot, { recursive: true });
  await mkdir(logsRoot);
  const fresh = await write('7');
  t.not(fresh.id, writer.id);
  const report = await verify();
  t.strictSame(
    report.logs.map(({ log, copies }) => [log, ...copies.map(({ absence }) => absence)]),
    [
      [fresh.id, undefined, 'nothing is there'],
      [writer.id, 'nothing is there', undefined],
    ],
  );
  t.equal(report.verdict, 'not_sound');
  t.match(
    report.logs.map(({ findings }) => findings),
    [[], [{ copy: 'live', what: 'nothing is there, and the mirror has it' }]],
    'the log that the mirror has is not where it was',
  );
  t.ok(live().open.startsWith(data));
});

t.test('a node of which nobody has a log is refused', async (t) => {
  const { logsRoot, directory: mirrorDirectory, recordPath } = await mirroredLogs(t);
  const how = { recordPath, bootId: 'boot-1', known: [], node: parseNodeName('9') };
  await t.rejects(verifyCopies({ logsRoot, mirrorDirectory, ...how }), { code: 'NODE_UNKNOWN' });
});
