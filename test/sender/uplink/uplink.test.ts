import { once } from 'node:events';
import { createServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { FRAME_TYPES } from '../../../shared/protocol/protocol.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { appendSamples, NOON_MS } from '../../helpers/logs.ts';
import { findFreePort } from '../../helpers/programs.ts';
import { startScriptedReceiver } from '../../helpers/scripted-receiver.ts';
import { until } from '../../helpers/until.ts';
import { uplinkNode } from '../../helpers/uplink-node.ts';

const SEED = Number(process.env['FLEETKEEP_UPLINK_SEED'] ?? Date.now() % 1_000_000);
const CUTS = 20;
const QUICK = { isWelcoming: true, isAcknowledging: true };
const TIMEOUT = { timeoutMs: 10_000 };

t.test('without a receiver the uplink waits, says why, and connects when there is one', async (t) => {
  const port = await findFreePort();
  const clock = fakeClock();
  await using node = await uplinkNode(t);
  const uplink = node.connect([{ host: '127.0.0.1', port }], { clock, random: () => 1 });
  await until(() => uplink.state().kind === 'waiting', { ...TIMEOUT, what: 'the first wait' });
  t.match(uplink.state(), { receiver: `127.0.0.1:${port}`, reason: /ECONNREFUSED/, sinceMs: clock.now() });
  t.equal(uplink.acknowledgedSegment(), 0);

  await using receiver = await startScriptedReceiver({ ...QUICK, port });
  await clock.advance(2499);
  t.equal(uplink.state().kind, 'waiting');
  await clock.advance(1);
  await receiver.holds(1, node.writer.end.offset);
  t.match(uplink.state(), { kind: 'connected', receiver: `127.0.0.1:${port}` });
});

t.test('the waits grow, to five seconds in the first minute and to a minute after it', async (t) => {
  const clock = fakeClock();
  const waits: number[] = [];
  const watched = {
    ...clock,
    sleep: (ms: number, signal?: AbortSignal) => {
      waits.push(ms);
      return clock.sleep(ms, signal);
    },
  };
  const receiver = { host: '127.0.0.1', port: await findFreePort() };
  await using node = await uplinkNode(t);
  node.connect([receiver], { clock: watched, random: () => 1 });
  for (let n = 1; n <= 20; n++) {
    await until(() => waits.length === n && clock.sleeping() === 1, { ...TIMEOUT, what: `wait ${n}` });
    await clock.advance(waits.at(-1) ?? 0);
  }
  t.strictSame(waits.slice(0, 3), [2500, 5000, 5000]);
  t.equal(waits.at(-1), 60_000);
  const early = waits.slice(0, waits.indexOf(60_000));
  t.ok(early.reduce((sum, ms) => sum + ms, 0) >= 60_000, 'a minute of short waits');
});

t.test('the next receiver of the list is tried when one is not there, and again the first', async (t) => {
  const missing = { host: '127.0.0.1', port: await findFreePort() };
  await using node = await uplinkNode(t);
  await using second = await startScriptedReceiver(QUICK);
  const uplink = node.connect([missing, second.address]);
  await second.holds(1, node.writer.end.offset);
  t.match(uplink.state(), { kind: 'connected', receiver: `127.0.0.1:${second.address.port}` });

  await using first = await startScriptedReceiver({ ...QUICK, port: missing.port });
  second.calls[0]?.cut();
  await first.holds(1, node.writer.end.offset);
  t.match(uplink.state(), { kind: 'connected', receiver: `127.0.0.1:${missing.port}` });
  t.ok(first.log.contentOf(1).equals(await node.content(1)), 'each has its own position');
});

t.test('after REFUSED it waits as long as it was told, and its state says the reason', async (t) => {
  const clock = fakeClock();
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver();
  const uplink = node.connect([receiver.address], { clock, random: () => 0 });
  const call = await receiver.call();
  await call.next(FRAME_TYPES.HELLO);
  const refusal = { code: 'limit', message: 'two senders are enough', retry_after_s: 60 };
  call.sendJson(FRAME_TYPES.REFUSED, refusal);
  await call.closed();
  t.match(uplink.state(), { kind: 'refused', reason: 'two senders are enough' });
  await clock.advance(59_999);
  await turn();
  t.match([uplink.state().kind, receiver.calls.length], ['refused', 1]);
  await clock.advance(1);
  await receiver.call(2);
});

t.test('waits after REFUSED are spread, so that a fleet does not come back at once', async (t) => {
  for (const [random, waitMs] of [
    [0, 10_000],
    [1, 12_000],
  ] as const) {
    const clock = fakeClock();
    await using node = await uplinkNode(t);
    await using receiver = await startScriptedReceiver();
    node.connect([receiver.address], { clock, random: () => random });
    const call = await receiver.call();
    await call.next(FRAME_TYPES.HELLO);
    call.sendJson(FRAME_TYPES.REFUSED, { code: 'stopping', message: 'bye', retry_after_s: 10 });
    await until(() => clock.sleeping() === 1, { ...TIMEOUT, what: 'the wait' });
    await clock.advance(waitMs - 1);
    t.equal(clock.sleeping(), 1);
    await clock.advance(1);
    await receiver.call(2);
  }
});

t.test(
  'connections that break at any moment, also while HELLO is being made, end nothing else',
  async (t) => {
    let count = 0;
    const server = createServer((socket) => {
      count += 1;
      socket.on('error', () => undefined);
      // At once, and some milliseconds into the measuring.
      setTimeout(() => socket.resetAndDestroy(), count % 5);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => void server.close());
    const { port } = server.address() as { port: number };
    await using node = await uplinkNode(t, { segmentBytes: 64 * 1024 * 1024 });
    // Measuring an interrupted segment for HELLO takes a while.
    appendSamples(node.writer, 0, 4000, 3000);
    await node.losePower(12_000_000);
    const uplink = node.connect([{ host: '127.0.0.1', port }]);
    await until(() => count >= 10, { ...TIMEOUT, what: () => `ten connections; ${count}` });
    t.not(uplink.state().kind, 'stopped');
  },
);

t.test(`connections that are cut at ${CUTS} random bytes leave no gap and no repetition`, async (t) => {
  t.comment(`again with FLEETKEEP_UPLINK_SEED=${SEED}`);
  const random = randomFrom(SEED);
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver(QUICK);
  for (const first of [0, 200]) {
    appendSamples(node.writer, first, first + 200, 3000);
    node.writer.closeSegment(NOON_MS);
  }
  let cuts = 0;
  // Many cuts come in HELLO or in the first frames, others far into the log.
  const nextCut = () => Math.floor(10 ** (random() * 5.3));
  let leftBytes = nextCut();
  receiver.arriving = (bytes) => {
    if (cuts === CUTS || bytes <= leftBytes) {
      leftBytes -= bytes;
      return bytes;
    }
    const arriving = leftBytes;
    cuts += 1;
    leftBytes = nextCut();
    return arriving;
  };
  node.connect([receiver.address]);
  for (let n = 400; cuts < CUTS; n += 20) {
    appendSamples(node.writer, n, n + 20, 3000);
    if (n % 300 === 0) node.writer.closeSegment(NOON_MS);
    const before = cuts;
    const { segment, offset } = node.writer.end;
    const isSettled = () =>
      cuts > before || (receiver.log.end.segment === segment && receiver.log.end.offset === offset);
    await until(isSettled, { ...TIMEOUT, what: () => `cut ${before + 1}` });
  }
  const { segment: last, offset } = node.writer.end;
  await receiver.holds(last, offset);
  t.equal(receiver.calls.length > CUTS, true, 'each cut made a new connection');
  for (let number = 1; number <= last; number++)
    t.ok(receiver.log.contentOf(number).equals(await node.content(number)), `segment ${number} is the same`);
  t.equal(receiver.log.sealed.length, last - 1);
  t.strictSame(receiver.log.faults, []);
});

t.test('disposing ends a wait, and the state says that it has stopped', async (t) => {
  const clock = fakeClock();
  await using node = await uplinkNode(t);
  const receiver = { host: '127.0.0.1', port: await findFreePort() };
  const uplink = node.connect([receiver], { clock, random: () => 1 });
  await until(() => clock.sleeping() === 1, { ...TIMEOUT, what: 'the wait' });
  await uplink[Symbol.asyncDispose]();
  t.match(uplink.state(), { kind: 'stopped' });
  t.equal(clock.sleeping(), 0);
});

/** Numbers in [0, 1), the same for the same seed (a linear congruential generator; Numerical Recipes, 7.1). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
