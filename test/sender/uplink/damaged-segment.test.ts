import { readdir, rm, stat } from 'node:fs/promises';
import t, { type Test } from 'tap';
import { sealedSegmentPath } from '../../../shared/log/log.ts';
import { PIECE_BYTES } from '../../../shared/log/piece-sums.ts';
import { applyRetention } from '../../../shared/log/retention.ts';
import { FRAME_TYPES } from '../../../shared/protocol/protocol.ts';
import { type FakeClock, fakeClock } from '../../helpers/fake-clock.ts';
import { appendNoise, flipByte, NOON_MS, recordOf } from '../../helpers/logs.ts';
import { type Call, type ScriptedReceiver, startScriptedReceiver } from '../../helpers/scripted-receiver.ts';
import { until } from '../../helpers/until.ts';
import { uplinkNode } from '../../helpers/uplink-node.ts';

const QUICK = { isWelcoming: true, isAcknowledging: true };
const TIMEOUT = { timeoutMs: 10_000 };
/** Time passes in steps of this, ms; long enough for what waits, too short for a receiver to count as silent. */
const STEP_MS = 5000;

/** Sealed segments 1, 2 and 3 of two pieces and a bit, of which 2 is damaged near its end; 4 is open. */
async function damagedNode(t: Test) {
  const node = await uplinkNode(t, { segmentBytes: 16 * PIECE_BYTES });
  for (const segment of [1, 2, 3]) {
    appendNoise(node.writer, segment * 1000, 280);
    node.writer.closeSegment(NOON_MS);
  }
  appendNoise(node.writer, 4000, 10);
  await node.sealer.idle();
  const record = recordOf(node.writer, 2);
  const path = sealedSegmentPath(node.paths, 2);
  const whole = await node.content(2);
  const flip = async () => await flipByte(path, Math.floor((await stat(path)).size * 0.98));
  await flip();
  const lost = {
    segment: 2,
    bytes: record.bytes,
    from: new Date(record.fromMs).toISOString(),
    to: new Date(record.toMs).toISOString(),
  };
  return { node, record, path, whole, flip, lost };
}

/** Lets time pass until something is so; readings are waited for, and so is the next connection. The receiver is heard after each step. */
async function passTime(
  clock: FakeClock,
  receiver: ScriptedReceiver,
  what: string,
  isSo: () => boolean,
): Promise<void> {
  const look = async () => {
    if (isSo()) return true;
    await clock.advance(STEP_MS);
    await hear(receiver.calls.at(-1));
    return isSo();
  };
  await until(look, { ...TIMEOUT, what });
}

/** Lets the sender hear something, unless the connection ends meanwhile. */
async function hear(call: Call | undefined): Promise<void> {
  if (call === undefined || call.socket.destroyed) return;
  const pongs = () => call.heard.filter(({ type }) => type === FRAME_TYPES.PONG).length;
  const before = pongs();
  call.send(FRAME_TYPES.PING);
  await until(() => pongs() > before || call.socket.destroyed, { ...TIMEOUT, what: 'PONG' });
}

t.test(
  'a segment that is damaged is sent up to the damage, read three times, and given up for the next',
  async (t) => {
    const { node, record, whole, lost } = await damagedNode(t);
    await using _ = node;
    await using receiver = await startScriptedReceiver({ ...QUICK, isSkippingLost: true });
    const clock = fakeClock();
    const uplink = node.connect([receiver.address], { clock });
    await receiver.holds(2, 2 * PIECE_BYTES);
    const { doubt } = await until(() => uplink.state().doubt && uplink.state(), {
      ...TIMEOUT,
      what: 'doubt',
    });
    t.match(doubt, { segment: 2, readings: 1, reason: /segment 2 cannot be read beyond byte 524288/ });
    await passTime(clock, receiver, 'the second reading', () => uplink.state().doubt?.readings === 2);
    t.strictSame(node.told.losses, [], 'it is not believed yet');

    await passTime(clock, receiver, 'the third', () => node.told.losses.length > 0);
    t.match(node.told.losses, [{ lost: { from: 2, record }, bytes: record.bytes - 2 * PIECE_BYTES }]);
    t.equal(clock.monotonic() >= 10_000, true);
    const hello = await (await receiver.call(2)).nextJson(FRAME_TYPES.HELLO);
    t.match(hello, { oldest: 1, lost: [lost] });
    t.ok(receiver.log.contentOf(2).equals(whole.subarray(0, 2 * PIECE_BYTES)), 'nothing unproven was sent');
    const files = await readdir(node.paths.directory);
    t.equal(files.filter((name) => /^00000002\.damaged-.*\.aside$/.test(name)).length, 1);
    await receiver.holds(4, node.writer.end.offset);
    t.strictSame(receiver.log.sealed, [1, 3]);
    t.strictSame(receiver.log.faults, []);
    t.match(uplink.state(), { kind: 'connected', doubt: undefined });
  },
);

t.test('a receiver that does not know what lost means is told to go on by the oldest segment', async (t) => {
  const { node } = await damagedNode(t);
  await using _ = node;
  await using receiver = await startScriptedReceiver(QUICK);
  const clock = fakeClock();
  node.connect([receiver.address], { clock });
  await passTime(clock, receiver, 'the end', () => receiver.log.end.segment === 4);
  await receiver.holds(4, node.writer.end.offset);
  t.strictSame(receiver.log.sealed, [1, 3]);
  t.strictSame(receiver.log.faults, []);
  const oldest = receiver.calls.map(async (call) => (await call.nextJson(FRAME_TYPES.HELLO))['oldest']);
  t.strictSame(await Promise.all(oldest), [1, 1, 3]);
});

t.test('a receiver that begins later gets what is there, and goes on behind what is lost', async (t) => {
  const { node } = await damagedNode(t);
  await using _ = node;
  const clock = fakeClock();
  {
    await using first = await startScriptedReceiver({ ...QUICK, isSkippingLost: true });
    const uplink = node.connect([first.address], { clock });
    await passTime(clock, first, 'the end', () => first.log.end.segment === 4);
    await uplink[Symbol.asyncDispose]();
  }
  await using second = await startScriptedReceiver({ ...QUICK, isSkippingLost: true });
  node.connect([second.address], { clock });
  await passTime(clock, second, 'the end', () => second.log.end.segment === 4);
  t.strictSame(second.log.sealed, [1, 3]);
  t.strictSame(second.log.faults, []);
  t.equal(node.told.losses.length, 1, 'it is not lost twice');
});

t.test('nothing is set aside before the receiver has acknowledged what lies before the damage', async (t) => {
  const { node } = await damagedNode(t);
  await using _ = node;
  await using receiver = await startScriptedReceiver({ isWelcoming: true, isSkippingLost: true });
  receiver.log.hold(2, Buffer.alloc(0));
  const clock = fakeClock();
  const uplink = node.connect([receiver.address], { clock });
  await receiver.holds(2, 2 * PIECE_BYTES);
  await passTime(clock, receiver, 'the third reading', () => uplink.state().doubt?.readings === 3);
  const call = await receiver.call();
  call.send(FRAME_TYPES.ACK, 2, 2 * PIECE_BYTES - 1);
  await call.caughtUp();
  t.strictSame(node.told.losses, [], 'a byte is under way');
  call.send(FRAME_TYPES.ACK, 2, 2 * PIECE_BYTES);
  await until(() => node.told.losses.length === 1, { ...TIMEOUT, what: 'the loss' });
});

t.test('a lost segment is told to who waits for it, also when it was the oldest', async (t) => {
  const { node, lost } = await damagedNode(t);
  await using _ = node;
  const dropped = await applyRetention(node.paths, { maxBytes: 0 }, 2, NOON_MS);
  for (const number of dropped) node.writer.forget(number);
  const { number, fault } = { number: 2, fault: 'damaged' } as const;
  await node.writer.lose({ number, fault, reason: 'a test', atMs: NOON_MS });
  await using receiver = await startScriptedReceiver(QUICK);
  receiver.log.skipTo(2);
  node.connect([receiver.address]);
  const hello = await (await receiver.call()).nextJson(FRAME_TYPES.HELLO);
  t.match(hello, { oldest: 3, lost: [{ ...lost, reason: 'a test' }] });
  await receiver.holds(4, node.writer.end.offset);
});

t.test('a file that is sound again when it is read again is sent whole', async (t) => {
  const { node, flip } = await damagedNode(t);
  await using _ = node;
  await using receiver = await startScriptedReceiver(QUICK);
  const clock = fakeClock();
  const uplink = node.connect([receiver.address], { clock });
  await until(() => uplink.state().doubt, { ...TIMEOUT, what: 'doubt' });
  await flip();
  await passTime(clock, receiver, 'the end', () => receiver.log.end.segment === 4);
  t.strictSame(receiver.log.sealed, [1, 2, 3]);
  t.strictSame(receiver.log.faults, []);
  t.strictSame([node.told.losses, node.writer.lost], [[], []]);
  t.equal(receiver.calls.length, 1);
});

t.test('readings are counted over connections that break', async (t) => {
  const { node } = await damagedNode(t);
  await using _ = node;
  await using receiver = await startScriptedReceiver({ ...QUICK, isSkippingLost: true });
  const clock = fakeClock();
  const uplink = node.connect([receiver.address], { clock });
  await until(() => uplink.state().doubt, { ...TIMEOUT, what: 'doubt' });
  (await receiver.call()).cut();
  await passTime(clock, receiver, 'another connection', () => receiver.calls.length === 2);
  await passTime(clock, receiver, 'the second reading', () => uplink.state().doubt?.readings === 2);
  (await receiver.call(2)).cut();
  await passTime(clock, receiver, 'the end', () => receiver.log.end.segment === 4);
  t.strictSame(receiver.log.sealed, [1, 3]);
});

t.test('a receiver that has all of a damaged segment gets its SEAL, and nothing is given up', async (t) => {
  const { node, whole } = await damagedNode(t);
  await using _ = node;
  await using receiver = await startScriptedReceiver(QUICK);
  receiver.log.hold(2, whole);
  node.connect([receiver.address]);
  await receiver.holds(4, node.writer.end.offset);
  t.strictSame(receiver.log.sealed, [2, 3]);
  t.strictSame(receiver.log.faults, []);
  t.strictSame(node.told.losses, []);
});

t.test(
  'a receiver that has more of a segment than can be proven keeps it, and is told of no difference',
  async (t) => {
    const { node, whole, record } = await damagedNode(t);
    await using _ = node;
    await using receiver = await startScriptedReceiver({ ...QUICK, isSkippingLost: true });
    receiver.log.hold(2, whole.subarray(0, whole.length - 10));
    const clock = fakeClock();
    node.connect([receiver.address], { clock });
    await passTime(clock, receiver, 'the end', () => receiver.log.end.segment === 4);
    t.ok(receiver.log.contentOf(2).equals(whole.subarray(0, whole.length - 10)));
    t.match(node.told.losses, [{ lost: { from: 2, record }, bytes: 10 }]);
    t.notOk(receiver.calls.some(({ heard }) => heard.some(({ type }) => type === FRAME_TYPES.CONTROL)));
  },
);

t.test('a file that is not there any more is given up after a minute', async (t) => {
  const { node, path } = await damagedNode(t);
  await using _ = node;
  await rm(path);
  await using receiver = await startScriptedReceiver({ ...QUICK, isSkippingLost: true });
  const clock = fakeClock();
  node.connect([receiver.address], { clock });
  await passTime(clock, receiver, 'the end', () => receiver.log.end.segment === 4);
  t.ok(clock.monotonic() >= 60_000);
  t.match(node.told.losses, [{ lost: { reason: /its file is not there/, aside: undefined } }]);
});

t.test('stopping does not wait for the next reading', async (t) => {
  const { node } = await damagedNode(t);
  await using _ = node;
  await using receiver = await startScriptedReceiver(QUICK);
  const clock = fakeClock();
  const uplink = node.connect([receiver.address], { clock });
  await until(() => uplink.state().doubt, { ...TIMEOUT, what: 'doubt' });
  await uplink[Symbol.asyncDispose]();
  t.match(uplink.state(), { kind: 'stopped' });
  await (await receiver.call()).closed();
});
