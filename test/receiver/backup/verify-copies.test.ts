import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { NodeDigest } from '../../../receiver/backup/compare-node.ts';
import type { LogCopies } from '../../../receiver/backup/copies-report.ts';
import { verifyCopies } from '../../../receiver/backup/verify-copies.ts';
import { digestOf } from '../../../shared/log/digest.ts';
import type { LogPaths } from '../../../shared/log/log.ts';
import { readSegment } from '../../../shared/log/read-log.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { appendSamples, flipByte, NOON_MS } from '../../helpers/logs.ts';
import { mirroredLogs, runOnce } from './mirrored-logs.ts';

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
  const verify = async (nodeDigest?: () => Promise<NodeDigest | undefined>) => {
    const { logsRoot, directory: mirrorDirectory } = logs;
    return await verifyCopies({ logsRoot, mirrorDirectory, nodeDigest });
  };
  return { ...logs, writer, mirror, verify };
}

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

t.test('a node that cannot be asked is no contradiction', async (t) => {
  const { verify } = await mirroredNode(t);
  const away = await verify(async () => undefined);
  t.match(only(away.logs).copies[2], { copy: 'node', absence: 'not connected' });
  const silent = await verify(async () => {
    throw new Error('node 7 did not say what it holds');
  });
  t.match(only(silent.logs).copies[2], { absence: 'node 7 did not say what it holds' });
  t.ok(away.isSound && silent.isSound);
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
  t.ok(report.isSound, 'the mirror follows at its next run');
  t.ok(live().open.startsWith(data));
});

t.test('a node of which nobody has a log is refused', async (t) => {
  const { logsRoot, directory: mirrorDirectory } = await mirroredLogs(t);
  const node = parseNodeName('9');
  await t.rejects(verifyCopies({ logsRoot, mirrorDirectory, node }), { code: 'NODE_UNKNOWN' });
});
