import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import t from 'tap';
import { plainSegmentPath } from '../../../shared/log/log.ts';
import { FRAME_TYPES } from '../../../shared/protocol/protocol.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { appendSamples, NOON_MS } from '../../helpers/logs.ts';
import { startScriptedReceiver } from '../../helpers/scripted-receiver.ts';
import { until } from '../../helpers/until.ts';
import { type UplinkNode, uplinkNode } from '../../helpers/uplink-node.ts';

const QUICK = { isWelcoming: true, isAcknowledging: true };

/** Three sealed segments and an open one. */
async function writeSegments(node: UplinkNode): Promise<void> {
  for (let segment = 0; segment < 3; segment++) {
    appendSamples(node.writer, segment * 100, segment * 100 + 100, 3000);
    node.writer.closeSegment(NOON_MS);
  }
  appendSamples(node.writer, 300, 350);
  await node.sealer.idle();
}

for (const [name, place] of Object.entries({
  'the beginning': { segment: 1, share: 0 },
  'the middle of a sealed segment': { segment: 2, share: 0.4 },
  'the end of a sealed segment, its SEAL missing': { segment: 2, share: 1 },
  'the middle of the open segment': { segment: 4, share: 0.5 },
  'the end of the log': { segment: 4, share: 1 },
})) {
  t.test(`a receiver whose copy ends at ${name} gets every byte and SEAL that follows, once`, async (t) => {
    await using node = await uplinkNode(t);
    await using receiver = await startScriptedReceiver(QUICK);
    await writeSegments(node);
    const { segment, share } = place;
    const whole = await node.content(segment);
    if (segment > 1 || share > 0)
      receiver.log.hold(segment, whole.subarray(0, Math.floor(whole.length * share)));
    const uplink = node.connect([receiver.address]);
    await receiver.holds(4, node.writer.end.offset);
    appendSamples(node.writer, 350, 360);
    await receiver.holds(4, node.writer.end.offset);

    for (let number = segment; number <= 4; number++)
      t.ok(
        receiver.log.contentOf(number).equals(await node.content(number)),
        `segment ${number} is the same`,
      );
    t.strictSame(
      receiver.log.sealed,
      [1, 2, 3].filter((number) => number >= segment),
    );
    t.strictSame(receiver.log.faults, []);
    t.match(uplink.state(), { kind: 'connected' });
    t.equal(uplink.acknowledgedSegment(), 4);
  });
}

t.test('a copy whose common prefix has another CRC-32 is told so, and gets the segment anew', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isAcknowledging: true });
  await writeSegments(node);
  node.connect([receiver.address]);
  const call = await receiver.call();
  await call.next(FRAME_TYPES.HELLO);
  const whole = await node.content(2);
  receiver.log.hold(2, whole.subarray(0, 500));
  call.welcome({ ...receiver.log.end, crc: crc32('something else') });
  t.strictSame(await call.nextJson(FRAME_TYPES.CONTROL), { kind: 'differs', segment: 2 });
  t.equal(call.dataBytes, 0, 'nothing is sent on top of what differs');

  receiver.log.restart(2);
  call.welcome(receiver.log.end);
  await receiver.holds(4, node.writer.end.offset);
  t.ok(receiver.log.contentOf(2).equals(whole));
  t.strictSame(receiver.log.faults, []);
});

t.test('the prefix of the open segment is compared as well', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver();
  appendSamples(node.writer, 0, 100);
  node.connect([receiver.address]);
  const call = await receiver.call();
  await call.next(FRAME_TYPES.HELLO);
  call.welcome({ segment: 1, offset: 1000, crc: 1 });
  t.strictSame(await call.nextJson(FRAME_TYPES.CONTROL), { kind: 'differs', segment: 1 });
});

t.test('a sealed segment that is longer at the receiver gives way', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver();
  await writeSegments(node);
  node.connect([receiver.address]);
  const call = await receiver.call();
  await call.next(FRAME_TYPES.HELLO);
  call.welcome({ segment: 2, offset: 10_000_000, crc: 1 });
  const second = await receiver.call(2);
  t.match(await second.nextJson(FRAME_TYPES.HELLO), { open: [{ segment: 2, bytes: 0 }, { segment: 4 }] });
  t.notOk(
    call.heard.some(({ type }) => type === FRAME_TYPES.CONTROL),
    'the longer copy is not to be set aside',
  );
  t.ok(readdirSync(node.paths.directory).some((file) => file.startsWith('00000002.differs-')));
});

t.test(
  'a second WELCOME while a sealed segment is read begins again there, on the same connection',
  async (t) => {
    await using node = await uplinkNode(t, { segmentBytes: 64 * 1024 * 1024 });
    await using receiver = await startScriptedReceiver({ isWelcoming: true });
    appendSamples(node.writer, 0, 4000, 2000);
    node.writer.closeSegment(NOON_MS);
    await node.sealer.idle();
    node.connect([receiver.address]);
    const call = await receiver.call();
    await call.next(FRAME_TYPES.HELLO);
    for (let round = 0; round < 10; round++) {
      const before = call.dataBytes;
      await until(() => call.dataBytes > before, { timeoutMs: 5000, what: 'more of the segment' });
      receiver.log.restart(1);
      call.welcome(receiver.log.end);
    }
    await receiver.holds(1, 1_000_000);
    t.equal(receiver.calls.length, 1);
    const held = receiver.log.contentOf(1);
    t.ok(held.equals((await node.content(1)).subarray(0, held.length)));
  },
);

t.test('what a power cut took from an interrupted segment comes back from the receiver', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isAcknowledging: true });
  appendSamples(node.writer, 0, 100);
  const before = await node.losePower(1000);
  appendSamples(node.writer, 100, 110);
  // The receiver's copy ends in the middle of a line.
  const held = before.subarray(0, before.length - 7);
  receiver.log.hold(1, held);
  node.connect([receiver.address]);
  const call = await receiver.call();
  const hello = await call.nextJson(FRAME_TYPES.HELLO);
  const own = await node.content(1);
  t.ok(own.length > 0 && own.length <= 1000 && own.at(-1) === 0x0a, 'the node kept whole lines only');
  t.strictSame((hello['open'] as object[])[0], { segment: 1, bytes: own.length, crc: crc32(own) });

  call.welcome(receiver.log.end);
  const asked = await call.next(FRAME_TYPES.HEAL);
  t.strictSame([asked.segment, asked.offset, asked.payload.length], [1, own.length, 0]);
  for (let at = own.length; at < held.length; at += 512)
    call.send(FRAME_TYPES.HEAL, 1, at, held.subarray(at, at + 512));
  call.send(FRAME_TYPES.HEAL, 1, held.length);
  await receiver.holds(2, node.writer.end.offset);

  t.equal(`${held}\n`, `${await node.content(1)}`, 'the torn line is ended, nothing else is added');
  t.ok(receiver.log.contentOf(1).equals(await node.content(1)));
  t.ok(receiver.log.contentOf(2).equals(await node.content(2)));
  t.strictSame([receiver.log.sealed, receiver.log.faults], [[1], []]);
  t.strictSame(node.writer.interrupted, []);
});

t.test(
  'a receiver that never answers HEAL is given up after half a minute, though it answers PING',
  async (t) => {
    const clock = fakeClock();
    await using node = await uplinkNode(t);
    await using receiver = await startScriptedReceiver({ isAcknowledging: true });
    appendSamples(node.writer, 0, 100);
    const before = await node.losePower(1000);
    const uplink = node.connect([receiver.address], { clock, random: () => 0.5 });
    const call = await receiver.call();
    await call.next(FRAME_TYPES.PROOF);
    call.welcome({ segment: 1, offset: before.length, crc: crc32(before) });
    const { offset } = await call.next(FRAME_TYPES.HEAL);
    call.send(FRAME_TYPES.HEAL, 1, offset, before.subarray(offset, offset + 100));
    for (let seconds = 5; seconds <= 55; seconds += 5) {
      await call.caughtUp();
      await clock.advance(5000);
    }
    await call.caughtUp();
    t.equal(uplink.state().kind, 'connected', 'something has come within the first half minute');
    await clock.advance(5001);
    await call.closed();
    t.match(uplink.state(), { reason: /did not answer HEAL/ });
  },
);

t.test('after several power cuts each interrupted segment is settled, in order', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isAcknowledging: true });
  appendSamples(node.writer, 0, 100);
  const before = await node.losePower(2000);
  appendSamples(node.writer, 100, 200);
  await node.losePower(3000);
  appendSamples(node.writer, 200, 300);
  await node.losePower(1500);
  appendSamples(node.writer, 300, 310);
  t.strictSame(node.writer.interrupted, [1, 2, 3]);
  receiver.log.hold(1, before);
  node.connect([receiver.address]);
  const call = await receiver.call();
  await call.next(FRAME_TYPES.HELLO);
  const own = await node.content(1);
  call.welcome(receiver.log.end);
  await call.next(FRAME_TYPES.HEAL);
  call.send(FRAME_TYPES.HEAL, 1, own.length, before.subarray(own.length));
  call.send(FRAME_TYPES.HEAL, 1, before.length);
  await receiver.holds(4, node.writer.end.offset);

  for (const number of [1, 2, 3, 4])
    t.ok(receiver.log.contentOf(number).equals(await node.content(number)), `segment ${number}`);
  t.strictSame([receiver.log.sealed, receiver.log.faults], [[1, 2, 3], []]);
  t.equal(call.heard.filter(({ type }) => type === FRAME_TYPES.HEAL).length, 1, 'only what it lacks');
});

t.test('an interrupted segment of which the receiver has no more is sealed as it is', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver(QUICK);
  appendSamples(node.writer, 0, 100);
  const before = await node.losePower(5000);
  receiver.log.hold(1, before.subarray(0, 300));
  node.connect([receiver.address]);
  await receiver.holds(2, node.writer.end.offset);
  const [call] = receiver.calls;
  t.notOk(call?.heard.some(({ type }) => type === FRAME_TYPES.HEAL));
  t.ok(receiver.log.contentOf(1).equals(await node.content(1)));
  t.strictSame([receiver.log.sealed, receiver.log.faults], [[1], []]);
});

t.test(
  'HEAL for another place than the end of the segment ends the session and changes nothing',
  async (t) => {
    await using node = await uplinkNode(t);
    await using receiver = await startScriptedReceiver();
    appendSamples(node.writer, 0, 100);
    const before = await node.losePower(1000);
    const own = await node.content(1);
    node.connect([receiver.address]);
    const call = await receiver.call();
    await call.next(FRAME_TYPES.HELLO);
    call.welcome({ segment: 1, offset: before.length, crc: crc32(before) });
    await call.next(FRAME_TYPES.HEAL);
    call.send(FRAME_TYPES.HEAL, 1, own.length + 1, before.subarray(own.length + 1));
    await call.closed();
    t.ok(own.equals(await node.content(1)));
    t.strictSame(node.writer.interrupted, [1]);
  },
);

t.test('HEAL that ends elsewhere than what came of it heals nothing', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver();
  appendSamples(node.writer, 0, 100);
  const before = await node.losePower(1000);
  const own = await node.content(1);
  node.connect([receiver.address]);
  const call = await receiver.call();
  await call.next(FRAME_TYPES.HELLO);
  call.welcome({ segment: 1, offset: before.length, crc: crc32(before) });
  await call.next(FRAME_TYPES.HEAL);
  call.send(FRAME_TYPES.HEAL, 1, own.length, before.subarray(own.length, own.length + 100));
  call.send(FRAME_TYPES.HEAL, 1, before.length);
  await call.closed();
  t.strictSame(node.writer.interrupted, [1], 'it may be healed by the next connection');
});

t.test('HEAL that nobody asked for, in the middle of streaming, sends nothing twice', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver(QUICK);
  appendSamples(node.writer, 0, 100);
  node.connect([receiver.address]);
  await receiver.holds(1, node.writer.end.offset);
  const call = await receiver.call();
  call.send(FRAME_TYPES.HEAL, 1, 0);
  await call.closed();
  await receiver.call(2);
  appendSamples(node.writer, 100, 110);
  await receiver.holds(1, node.writer.end.offset);
  t.strictSame(receiver.log.faults, []);
});

t.test('a receiver that heals faster than the disk here writes has to wait', async (t) => {
  const HEALED_BYTES = 64 * 1024 * 1024;
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver();
  appendSamples(node.writer, 0, 100);
  await node.losePower(1000);
  const { length } = await node.content(1);
  const slow = Promise.withResolvers<void>();
  const heal = node.writer.heal.bind(node.writer);
  let healedBytes = 0;
  node.writer.heal = async (...frame) => {
    await slow.promise;
    await heal(...frame);
    healedBytes += frame[2].length;
  };
  node.connect([receiver.address]);
  const call = await receiver.call();
  await call.next(FRAME_TYPES.HELLO);
  call.welcome({ segment: 1, offset: length + HEALED_BYTES, crc: 1 });
  await call.next(FRAME_TYPES.HEAL);
  const part = Buffer.alloc(256 * 1024, 'x');
  for (let at = 0; at < HEALED_BYTES; at += part.length) call.send(FRAME_TYPES.HEAL, 1, length + at, part);
  let left = call.socket.writableLength;
  let looks = 0;
  const isStalled = () => {
    looks = call.socket.writableLength === left ? looks + 1 : 0;
    left = call.socket.writableLength;
    return looks > 20;
  };
  await until(isStalled, { timeoutMs: 10_000, what: () => `a stall; ${left} bytes are left` });
  // What lies on the way is bounded by the system's buffers and a few frames here.
  t.ok(left > HEALED_BYTES / 2, `${left} bytes wait at the receiver`);
  slow.resolve();
  await until(() => healedBytes === HEALED_BYTES, { timeoutMs: 10_000, what: 'the rest' });
});

t.test('a power cut in the middle of healing does not harm what the receiver kept', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isAcknowledging: true });
  appendSamples(node.writer, 0, 100);
  const before = await node.losePower(1000);
  const { length } = await node.content(1);
  // What was healed and not synced yet: the file has grown, a part of it is not on the disk.
  const part = before.subarray(length, length + 300);
  const unwritten = Buffer.alloc(500);
  appendFileSync(plainSegmentPath(node.paths, 1), Buffer.concat([part, unwritten]));
  await node.losePower(node.writer.end.offset);
  const own = await node.content(1);
  t.ok(own.equals(before.subarray(0, own.length)), 'what is left is a prefix of what there was');
  t.equal(own.at(-1), 0x0a);

  receiver.log.hold(1, before);
  node.connect([receiver.address]);
  const call = await receiver.call();
  const hello = await call.nextJson(FRAME_TYPES.HELLO);
  t.match(hello['open'], [{ segment: 1, bytes: own.length, crc: crc32(own) }]);
  call.welcome(receiver.log.end);
  t.equal((await call.next(FRAME_TYPES.HEAL)).offset, own.length);
  call.send(FRAME_TYPES.HEAL, 1, own.length, before.subarray(own.length));
  call.send(FRAME_TYPES.HEAL, 1, before.length);
  await receiver.holds(3, node.writer.end.offset);
  t.ok((await node.content(1)).equals(before));
  t.strictSame(receiver.log.faults, []);
});

t.test('a receiver that is ahead in the open segment: that is interrupted and healed', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isAcknowledging: true });
  appendSamples(node.writer, 0, 10);
  const own = await node.content(1);
  receiver.log.hold(1, own);
  receiver.log.hold(1, Buffer.from(`{"t":"2026-01-02T12:00:10.000Z","n":10,"x":""}\n`));
  node.connect([receiver.address]);
  const first = await receiver.call();
  await first.next(FRAME_TYPES.HELLO);
  first.welcome(receiver.log.end);

  const second = await receiver.call(2);
  const hello = await second.nextJson(FRAME_TYPES.HELLO);
  t.match(hello['open'], [{ segment: 1, bytes: own.length, crc: crc32(own) }, { segment: 2 }]);
  second.welcome(receiver.log.end);
  const asked = await second.next(FRAME_TYPES.HEAL);
  t.strictSame([asked.segment, asked.offset], [1, own.length]);
  const held = receiver.log.contentOf(1);
  second.send(FRAME_TYPES.HEAL, 1, own.length, held.subarray(own.length));
  second.send(FRAME_TYPES.HEAL, 1, held.length);
  await receiver.holds(2, node.writer.end.offset);
  t.ok(held.equals(await node.content(1)));
  t.strictSame([receiver.log.sealed, receiver.log.faults], [[1], []]);
});

t.test('a receiver that knows segments which this log never came to: a new log is needed', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver();
  appendSamples(node.writer, 0, 10);
  const uplink = node.connect([receiver.address]);
  const call = await receiver.call();
  await call.next(FRAME_TYPES.HELLO);
  call.welcome({ segment: 3, offset: 10, crc: 1 });
  await call.closed();
  t.equal(node.told.newLogs, 1);
  t.match(uplink.state(), { kind: 'stopped' });
  t.equal(receiver.calls.length, 1, 'it does not try again');
});

t.test('a segment that is closed and sealed while it is replayed arrives whole', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver(QUICK);
  appendSamples(node.writer, 0, 300, 3000);
  node.connect([receiver.address]);
  await receiver.holds(1, 1);
  node.writer.closeSegment(NOON_MS);
  appendSamples(node.writer, 300, 310);
  await receiver.holds(2, node.writer.end.offset);
  t.ok(receiver.log.contentOf(1).equals(await node.content(1)));
  t.strictSame([receiver.log.sealed, receiver.log.faults], [[1], []]);
});

for (const [name, change] of Object.entries({
  'is cut to nothing': (path: string) => truncateSync(path, 0),
  'loses its tail': (path: string) => truncateSync(path, 1500),
  'is overwritten by other lines of its own': (path: string) => writeFileSync(path, otherLines(path)),
})) {
  t.test(
    `a file of the open segment that ${name} heals from the receiver, on a new connection`,
    async (t) => {
      await using node = await uplinkNode(t);
      await using receiver = await startScriptedReceiver({ isAcknowledging: true });
      appendSamples(node.writer, 0, 50);
      const held = await node.content(1);
      node.connect([receiver.address]);
      const first = await receiver.call();
      await first.next(FRAME_TYPES.HELLO);
      first.welcome(receiver.log.end);
      await receiver.holds(1, held.length);
      change(node.paths.open);
      appendSamples(node.writer, 50, 60);

      let call = await receiver.call(2);
      let hello = await call.nextJson(FRAME_TYPES.HELLO);
      const open = () => (hello['open'] as { segment: number; bytes: number; crc: number }[])[0];
      const own = open();
      t.match(hello, { can: ['fetch', 'digest_pages', 'give_way'], open: [{ segment: 1 }, { segment: 2 }] });
      const common = own && { bytes: own.bytes, crc: crc32(held.subarray(0, own.bytes)) };
      call.welcome({ ...receiver.log.end, common });
      if (own?.crc !== common?.crc) {
        call = await receiver.call(3);
        hello = await call.nextJson(FRAME_TYPES.HELLO);
        t.match(open(), { segment: 1, bytes: 0, crc: 0 }, 'what differs gives way');
        const aside = readdirSync(node.paths.directory).filter((file) => file.includes('.differs-'));
        t.equal(aside.length, 1, 'and is kept');
        call.welcome(receiver.log.end);
      }
      const asked = await call.next(FRAME_TYPES.HEAL);
      call.send(FRAME_TYPES.HEAL, 1, asked.offset, held.subarray(asked.offset));
      call.send(FRAME_TYPES.HEAL, 1, held.length);
      await receiver.holds(2, node.writer.end.offset);
      t.ok(held.equals(await node.content(1)), 'the node has everything again');
      t.ok(receiver.log.contentOf(2).equals(await node.content(2)));
      t.strictSame(receiver.log.faults, []);
    },
  );
}

/** What a file holds, with another value in each sample. */
function otherLines(path: string): string {
  return readFileSync(path, 'utf8').replaceAll('"x":', '"y":').slice(0, 2000);
}

t.test('who cannot prove what was written gives way, and takes the acknowledged copy', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isAcknowledging: true });
  appendSamples(node.writer, 0, 50);
  const held = await node.content(1);
  await node.kill((path) => writeFileSync(path, otherLines(path)));
  appendSamples(node.writer, 50, 90);
  receiver.log.hold(1, held.subarray(0, 1000));
  node.connect([receiver.address]);
  const first = await receiver.call();
  await first.next(FRAME_TYPES.HELLO);
  first.welcome(receiver.log.end);
  const second = await receiver.call(2);
  t.match(await second.nextJson(FRAME_TYPES.HELLO), { open: [{ segment: 1, bytes: 0 }, { segment: 2 }] });
  t.notOk(
    first.heard.some(({ type }) => type === FRAME_TYPES.CONTROL),
    'it does not ask the receiver to set its copy aside',
  );
});
