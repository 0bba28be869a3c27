import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { createFrameDecoder } from '../../../shared/protocol/decoder.ts';
import { encodeFrame, encodeJsonFrame } from '../../../shared/protocol/encoder.ts';
import {
  FRAME_TYPES,
  HEADER_BYTES,
  LIVE_BACKLOG_BYTES,
  WINDOW_BYTES,
} from '../../../shared/protocol/protocol.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { secretOf } from '../../helpers/known-nodes.ts';
import { appendSamples, NOON_MS } from '../../helpers/logs.ts';
import { type Call, startScriptedReceiver } from '../../helpers/scripted-receiver.ts';
import { until } from '../../helpers/until.ts';
import { uplinkNode } from '../../helpers/uplink-node.ts';

/** Most bytes of the log in one DATA frame. */
const DATA_BYTES = 128 * 1024;
const TIMEOUT = { timeoutMs: 10_000 };
const LARGE = { segmentBytes: 64 * 1024 * 1024 };

function countOf(call: Call, type: number): number {
  return call.heard.filter((frame) => frame.type === type).length;
}

t.test('HELLO says who the sender is and what it has', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver();
  appendSamples(node.writer, 0, 3);
  node.connect([receiver.address]);
  const hello = await (await receiver.call()).nextJson(FRAME_TYPES.HELLO);
  const { bytes, crc } = node.writer.openSegment;
  t.match(hello['nonce'], /^[0-9a-f]{32}$/);
  t.strictSame(hello, {
    protocol: 1,
    credential: secretOf('7').credential,
    nonce: hello['nonce'],
    node: '7',
    log: node.writer.id,
    host_name: 'kitchen',
    boot_id: 'boot-1',
    version: '0.1.0',
    sleeptime: 1,
    oldest: 1,
    open: [{ segment: 1, bytes, crc }],
    can: ['fetch', 'digest_pages', 'give_way'],
  });
});

t.test(
  'a receiver that acknowledges nothing gets a window and one frame at most, and more after an ACK',
  async (t) => {
    await using node = await uplinkNode(t, LARGE);
    await using receiver = await startScriptedReceiver({ isWelcoming: true });
    appendSamples(node.writer, 0, 3000, 3000);
    node.connect([receiver.address]);
    const call = await receiver.call();
    await until(() => call.dataBytes >= WINDOW_BYTES, { ...TIMEOUT, what: 'a full window' });
    for (let round = 0; round < 5; round++) await call.caughtUp();
    const inFirst = call.dataBytes;
    t.ok(inFirst < WINDOW_BYTES + DATA_BYTES, `${inFirst} bytes`);

    call.send(FRAME_TYPES.ACK, 1, 1_000_000);
    await until(() => call.dataBytes > inFirst, { ...TIMEOUT, what: 'what the ACK made room for' });
    for (let round = 0; round < 5; round++) await call.caughtUp();
    t.ok(call.dataBytes < 1_000_000 + WINDOW_BYTES + DATA_BYTES);
    call.send(FRAME_TYPES.ACK, 1, receiver.log.end.offset);
    call.send(FRAME_TYPES.ACK, 1, receiver.log.end.offset);
    await until(() => call.dataBytes > 2 * WINDOW_BYTES, { ...TIMEOUT, what: 'the next window' });
    t.strictSame(receiver.log.faults, []);
  },
);

t.test('for a receiver that reads nothing, neither the log nor LIVE piles up here', async (t) => {
  await using node = await uplinkNode(t, LARGE);
  await using receiver = await startScriptedReceiver({ isWelcoming: true });
  appendSamples(node.writer, 0, 4000, 3000);
  const uplink = node.connect([receiver.address]);
  const call = await receiver.call();
  await receiver.holds(1, 1);
  call.socket.pause();
  const line = `{"t":"2026-01-02T12:00:00.000Z","x":"${'x'.repeat(20_000)}"}`;
  for (let n = 0; n < 3000; n++) {
    uplink.newSample(line);
    await turn();
  }
  call.socket.resume();
  await call.caughtUp();
  // What the system's own buffers took (some megabytes) is not ours to bound.
  t.ok(countOf(call, FRAME_TYPES.LIVE) < 1000, `${countOf(call, FRAME_TYPES.LIVE)} of 3000 waited`);
  t.ok(call.dataBytes < WINDOW_BYTES + DATA_BYTES);
  t.match(uplink.state(), { kind: 'connected' });
});

t.test('new samples also travel as LIVE while more than 64 KiB are behind, and otherwise not', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isWelcoming: true });
  const uplink = node.connect([receiver.address]);
  const call = await receiver.call();
  await receiver.holds(1, node.writer.end.offset);
  call.send(FRAME_TYPES.ACK, 1, node.writer.end.offset);
  const acknowledged = node.writer.end.offset;
  await until(() => uplink.state().acknowledged?.offset === acknowledged, { ...TIMEOUT, what: 'the ACK' });

  while (node.writer.end.offset - acknowledged + 4000 < LIVE_BACKLOG_BYTES)
    appendSamples(node.writer, 0, 1, 3000);
  uplink.newSample('{"t":"early"}');
  await call.caughtUp();
  t.equal(countOf(call, FRAME_TYPES.LIVE), 0);
  while (node.writer.end.offset - acknowledged <= LIVE_BACKLOG_BYTES) appendSamples(node.writer, 0, 1, 3000);
  uplink.newSample('{"t":"now"}');
  t.equal(`${(await call.next(FRAME_TYPES.LIVE)).payload}`, '{"t":"now"}');

  await receiver.holds(1, node.writer.end.offset);
  call.send(FRAME_TYPES.ACK, 1, node.writer.end.offset);
  const { offset } = node.writer.end;
  await until(() => uplink.state().acknowledged?.offset === offset, { ...TIMEOUT, what: 'the ACK' });
  uplink.newSample('{"t":"late"}');
  await call.caughtUp();
  t.equal(countOf(call, FRAME_TYPES.LIVE), 1);
});

t.test('the interval comes with WELCOME and with CONTROL; what is not known is passed over', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver();
  const uplink = node.connect([receiver.address]);
  const call = await receiver.call();
  await call.next(FRAME_TYPES.HELLO);
  call.welcome(receiver.log.end, { sleeptime: 2, something_new: true });
  call.sendJson(FRAME_TYPES.CONTROL, { kind: 'something_new' });
  call.sendJson(FRAME_TYPES.CONTROL, { kind: 'interval', sleeptime: -1 });
  await receiver.holds(1, 1);
  call.sendJson(FRAME_TYPES.CONTROL, { kind: 'interval', sleeptime: 0.5 });
  await call.caughtUp();
  t.strictSame(node.told.intervals, [2, 0.5]);
  t.match(uplink.state(), { kind: 'connected' });
});

t.test('no frame is longer than the receiver says that it takes', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver();
  appendSamples(node.writer, 0, 300, 1000);
  node.connect([receiver.address]);
  const call = await receiver.call();
  await call.next(FRAME_TYPES.PROOF);
  const decoder = createFrameDecoder();
  const lengths: number[] = [];
  call.socket.on('data', (chunk: Buffer) =>
    decoder.push(chunk, ({ payloadBytes }) => void lengths.push(payloadBytes)),
  );
  call.welcome(receiver.log.end, { frame_bytes: 65_536 });
  await receiver.holds(1, node.writer.end.offset);
  t.equal(Math.max(...lengths), 65_536);
});

t.test('samples that were lost are told to the receiver', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isWelcoming: true });
  const uplink = node.connect([receiver.address]);
  await receiver.holds(1, 1);
  uplink.tellLost(3, NOON_MS, 'ENOSPC'.padEnd(200, '.'));
  const [call] = receiver.calls;
  const reason = 'ENOSPC'.padEnd(100, '.');
  const since = new Date(NOON_MS).toISOString();
  t.strictSame(await call?.nextJson(FRAME_TYPES.CONTROL), { kind: 'lost', samples: 3, since, reason });
});

t.test(
  'samples that were lost while there was no receiver are told to the next one, once, added up',
  async (t) => {
    await using node = await uplinkNode(t);
    await using receiver = await startScriptedReceiver();
    const uplink = node.connect([receiver.address]);
    const first = await receiver.call();
    await first.next(FRAME_TYPES.HELLO);
    uplink.tellLost(3, NOON_MS, 'EIO');
    uplink.tellLost(4, NOON_MS + 60_000, 'ENOSPC');
    first.welcome(receiver.log.end);
    const since = new Date(NOON_MS).toISOString();
    const lost = { kind: 'lost', samples: 7, since, reason: 'ENOSPC' };
    t.strictSame(await first.nextJson(FRAME_TYPES.CONTROL), lost);

    first.cut();
    const second = await receiver.call(2);
    await second.next(FRAME_TYPES.HELLO);
    second.welcome(receiver.log.end);
    await receiver.holds(1, node.writer.end.offset);
    await second.caughtUp();
    t.equal(countOf(second, FRAME_TYPES.CONTROL), 0);
  },
);

t.test('an ACK of what was never sent is not believed', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver();
  const uplink = node.connect([receiver.address]);
  const call = await receiver.call();
  await call.next(FRAME_TYPES.HELLO);
  call.send(FRAME_TYPES.ACK, 1, 10);
  await call.caughtUp();
  t.equal(uplink.acknowledgedSegment(), 0, 'before WELCOME');
  call.welcome(receiver.log.end);
  await receiver.holds(1, node.writer.end.offset);
  call.send(FRAME_TYPES.ACK, 9, 0);
  await call.caughtUp();
  t.strictSame(uplink.state().acknowledged, { segment: 1, offset: 0 });
});

t.test('an ACK of less than is acknowledged already changes nothing', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isWelcoming: true, isAcknowledging: true });
  appendSamples(node.writer, 0, 10);
  node.writer.closeSegment(NOON_MS);
  const uplink = node.connect([receiver.address]);
  const { end } = node.writer;
  const isThere = () => uplink.state().acknowledged?.offset === end.offset;
  await until(isThere, { ...TIMEOUT, what: 'the last ACK' });
  const call = await receiver.call();
  call.send(FRAME_TYPES.ACK, 1, 10);
  await call.caughtUp();
  t.strictSame(uplink.state().acknowledged, end);
});

t.test('silence: PING after 10 s, any frame is a sign of life, lost after 20 s', async (t) => {
  const clock = fakeClock();
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isWelcoming: true });
  const uplink = node.connect([receiver.address], { clock, random: () => 0.5 });
  await receiver.holds(1, 1);
  const call = await receiver.call();
  await clock.advance(10_001);
  await call.next(FRAME_TYPES.PING);
  call.send(FRAME_TYPES.PONG);
  await call.caughtUp();
  await clock.advance(20_000);
  await call.next(FRAME_TYPES.PING, 2);
  t.match(uplink.state(), { kind: 'connected' });
  await clock.advance(1);
  await call.closed();
  t.match(uplink.state(), { kind: 'waiting', reason: 'the receiver has been silent for 20 s' });
});

t.test('GOODBYE of the receiver ends the session with its reason', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isWelcoming: true });
  const uplink = node.connect([receiver.address], { clock: fakeClock() });
  await receiver.holds(1, 1);
  receiver.calls[0]?.sendJson(FRAME_TYPES.GOODBYE, { reason: 'it stops' });
  await receiver.calls[0]?.closed();
  t.match(uplink.state(), { kind: 'waiting', reason: 'the receiver said goodbye: it stops' });
});

const brokenCrc = encodeFrame(FRAME_TYPES.PING);
brokenCrc.writeUInt8(brokenCrc.readUInt8(HEADER_BYTES - 1) ^ 1, HEADER_BYTES - 1);
for (const [name, bytes, reason] of [
  ['no frame at all', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), /frames of type 72/],
  ['a frame with a wrong CRC-32', brokenCrc, /CRC-32 of a frame is wrong/],
  [
    'a frame that only senders send',
    encodeFrame(FRAME_TYPES.DATA, 1, 0, Buffer.from('x')),
    /frame of type 4/,
  ],
  [
    'a WELCOME that is no JSON',
    encodeFrame(FRAME_TYPES.WELCOME, 0, 0, Buffer.from('{')),
    /WELCOME is not JSON/,
  ],
  ['a WELCOME without a position', encodeJsonFrame(FRAME_TYPES.WELCOME, { protocol: 1 }), /WELCOME: /],
  ['a REFUSED without a code', encodeJsonFrame(FRAME_TYPES.REFUSED, {}), /REFUSED: code/],
  ['HEAL that nobody asked for', encodeFrame(FRAME_TYPES.HEAL, 1, 0, Buffer.from('x')), /HEAL .* unasked/],
] as const) {
  t.test(`${name} from the receiver ends the session, not the program`, async (t) => {
    const clock = fakeClock();
    await using node = await uplinkNode(t);
    await using receiver = await startScriptedReceiver();
    const uplink = node.connect([receiver.address], { clock, random: () => 1 });
    const call = await receiver.call();
    await call.next(FRAME_TYPES.HELLO);
    const before = await node.content(1);
    call.socket.write(bytes);
    await call.closed();
    t.match(uplink.state(), { kind: 'waiting', reason });
    t.ok(before.equals(await node.content(1)));
    await clock.advance(2500);
    await receiver.call(2);
  });
}
