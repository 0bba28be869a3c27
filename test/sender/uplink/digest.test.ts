import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { sealedSegmentPath } from '../../../shared/log/log.ts';
import { recordDropped } from '../../../shared/log/segment-records.ts';
import { FRAME_TYPES } from '../../../shared/protocol/protocol.ts';
import { appendSamples, flipByte, NOON_MS } from '../../helpers/logs.ts';
import { startScriptedReceiver } from '../../helpers/scripted-receiver.ts';
import { uplinkNode } from '../../helpers/uplink-node.ts';

const QUICK = { isWelcoming: true, isAcknowledging: true };

function digestOf(number: number, content: Buffer): object {
  return { number, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

t.test('a digest is read from the disk: sealed segments whole, the last one up to the offset', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver(QUICK);
  for (const first of [0, 100]) {
    appendSamples(node.writer, first, first + 100, 3000);
    node.writer.closeSegment(NOON_MS);
  }
  appendSamples(node.writer, 200, 300, 3000);
  await node.sealer.idle();
  node.connect([receiver.address]);
  await receiver.holds(3, node.writer.end.offset);
  const [call] = receiver.calls;
  const [one, two, three] = await Promise.all([1, 2, 3].map((number) => node.content(number)));
  if (call === undefined || one === undefined || two === undefined || three === undefined) throw new Error();

  call.sendJson(FRAME_TYPES.CONTROL, { kind: 'digest', id: 7, segment: 3, offset: 100_000 });
  t.strictSame(await call.nextJson(FRAME_TYPES.CONTROL), {
    kind: 'digest_result',
    id: 7,
    segments: [digestOf(1, one), digestOf(2, two), digestOf(3, three.subarray(0, 100_000))],
  });

  appendSamples(node.writer, 300, 310);
  call.sendJson(FRAME_TYPES.CONTROL, { kind: 'digest', id: 8, segment: 2, offset: 1000 });
  const second = await call.nextJson(FRAME_TYPES.CONTROL, 2);
  t.strictSame(second['segments'], [digestOf(1, one), digestOf(2, two.subarray(0, 1000))]);

  call.sendJson(FRAME_TYPES.CONTROL, { kind: 'digest', id: 9, segment: 2, offset: 0 });
  const third = await call.nextJson(FRAME_TYPES.CONTROL, 3);
  t.strictSame(third['segments'], [digestOf(1, one), digestOf(2, Buffer.alloc(0))]);

  await flipByte(sealedSegmentPath(node.paths, 1), 300);
  call.sendJson(FRAME_TYPES.CONTROL, { kind: 'digest', id: 10, segment: 2, offset: two.length });
  const fourth = await call.nextJson(FRAME_TYPES.CONTROL, 4);
  t.equal(fourth['id'], 10);
  t.match(fourth['error'], /\w/, 'what the disk has lost is said, not what was remembered of it');

  rmSync(sealedSegmentPath(node.paths, 1));
  call.sendJson(FRAME_TYPES.CONTROL, { kind: 'digest', id: 11, segment: 2, offset: two.length });
  const fifth = await call.nextJson(FRAME_TYPES.CONTROL, 5);
  t.strictSame(fifth['segments'], [digestOf(2, two)], 'nor what is not there any more');
});

t.test('in pages, a segment that cannot be read does not keep the others from being reported', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver(QUICK);
  for (let n = 0; n < 5; n++) {
    appendSamples(node.writer, n, n + 1);
    node.writer.closeSegment(NOON_MS);
  }
  await node.sealer.idle();
  node.connect([receiver.address]);
  await receiver.holds(6, 0);
  // Sealing so many would take its time.
  const count = 405;
  const segment = zstdCompressSync(Buffer.from('0123456789abcdef'));
  for (let number = 6; number <= count; number++)
    writeFileSync(sealedSegmentPath(node.paths, number), segment);
  const call = await receiver.call();
  await flipByte(sealedSegmentPath(node.paths, 3), 30);
  rmSync(sealedSegmentPath(node.paths, 4));
  await node.writer.lose({ number: 5, fault: 'damaged', reason: 'a test', atMs: NOON_MS });
  await recordDropped(node.paths, 1);
  const ask = async (id: number, from: number) => {
    call.sendJson(FRAME_TYPES.CONTROL, { kind: 'digest', id, segment: count, offset: 10, from });
    return await call.nextJson(FRAME_TYPES.CONTROL, id);
  };
  const first = await ask(1, 2);
  t.match(first, {
    ...{ id: 1, lost: [5], dropped: 1, next: 405 },
    unreadable: [{ number: 3 }, { number: 4, error: /its file is not there/ }],
  });
  const numbers = (first['segments'] as { number: number }[]).map(({ number }) => number);
  t.strictSame([numbers.length, numbers[0], numbers.at(-1)], [400, 2, 404]);
  const second = await ask(2, Number(first['next']));
  t.match(second['segments'], [{ number: 405, bytes: 10 }]);
  t.equal(second['next'], undefined, 'that was the last page');
});
