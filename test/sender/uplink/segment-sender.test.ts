import { readFile } from 'node:fs/promises';
import t from 'tap';
import { sealedSegmentPath } from '../../../shared/log/log.ts';
import { FRAME_TYPES } from '../../../shared/protocol/protocol.ts';
import { appendNoise, appendSamples, flipByte, NOON_MS } from '../../helpers/logs.ts';
import { type Call, startScriptedReceiver } from '../../helpers/scripted-receiver.ts';
import { until } from '../../helpers/until.ts';
import { uplinkNode } from '../../helpers/uplink-node.ts';

const { CONTROL, SEGMENT } = FRAME_TYPES;
const QUICK = { isWelcoming: true, isAcknowledging: true };
const TIMEOUT = { timeoutMs: 10_000 };

/** The SEGMENT frames of a connection, put together; each has to continue the one before. */
function fileIn(call: Call, segment: number, from: number): Buffer {
  const frames = call.heard.filter(({ type }) => type === SEGMENT);
  let at = from;
  for (const { segment: number, offset, payload } of frames) {
    if (number !== segment || offset !== at)
      throw new Error(`SEGMENT ${number}/${offset}, not ${segment}/${at}`);
    at += payload.length;
  }
  return Buffer.concat(frames.map(({ payload }) => payload));
}

t.test('a sealed segment is sent as it lies, from an offset on, beside the log', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver(QUICK);
  appendNoise(node.writer, 0, 300);
  node.writer.closeSegment(NOON_MS);
  await node.sealer.idle();
  node.connect([receiver.address]);
  await receiver.holds(2, 0);
  const call = await receiver.call();
  const file = await readFile(sealedSegmentPath(node.writer.paths, 1));
  const record = node.writer.sealed.get(1);
  const offset = 100_000;
  call.sendJson(CONTROL, { kind: 'fetch', id: 7, segment: 1, offset });
  call.sendJson(CONTROL, { kind: 'fetch', id: 8, segment: 1, offset: 0 });
  appendSamples(node.writer, 0, 50);
  await receiver.holds(2, node.writer.end.offset);
  await until(() => fileIn(call, 1, offset).length === file.length - offset, {
    ...TIMEOUT,
    what: 'the file',
  });
  t.strictSame(fileIn(call, 1, offset), file.subarray(offset));
  const answers = call.heard
    .filter(({ type }) => type === CONTROL)
    .map(({ payload }) => JSON.parse(String(payload)));
  t.match(
    answers.find(({ id }) => id === 7),
    {
      ...{
        kind: 'fetch_result',
        segment: 1,
        size: file.length,
        bytes: record?.bytes,
        sha256: record?.sha256,
      },
      from: '2026-01-02T12:00:00.000Z',
    },
  );
  t.match(
    answers.find(({ id }) => id === 8),
    { error: 'another segment is being sent' },
  );
  t.strictSame(receiver.log.faults, [], 'the log came in order meanwhile');
});

t.test('a segment that the node cannot give is refused with the reason', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver(QUICK);
  for (const n of [0, 100, 200]) {
    appendSamples(node.writer, n, n + 100);
    node.writer.closeSegment(NOON_MS);
  }
  await node.sealer.idle();
  node.connect([receiver.address]);
  await receiver.holds(4, 0);
  const call = await receiver.call();
  let asked = 0;
  const answerTo = async (segment: number, offset = 0) => {
    asked += 1;
    call.sendJson(CONTROL, { kind: 'fetch', id: asked, segment, offset });
    return await call.nextJson(CONTROL, asked);
  };
  t.match(await answerTo(4), { id: 1, segment: 4, error: 'segment 4 is not sealed here' });
  t.match(await answerTo(1, 10_000_000), { id: 2, error: /has \d+ bytes, none at offset 10000000/ });
  await flipByte(sealedSegmentPath(node.writer.paths, 1), 50);
  t.match(await answerTo(1), { id: 3, error: /\w/ });
  await node.writer.lose({ number: 2, fault: 'damaged', reason: 'a test', atMs: NOON_MS });
  t.match(await answerTo(2), { error: 'segment 2 is lost here: a test' });
  node.writer.forget(1);
  t.match(await answerTo(1), { error: /segment 1 was dropped here/ });
  t.notOk(call.heard.some(({ type }) => type === SEGMENT));
});
