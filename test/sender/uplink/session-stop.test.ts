import t from 'tap';
import { FRAME_TYPES } from '../../../shared/protocol/protocol.ts';
import { appendSamples, NOON_MS } from '../../helpers/logs.ts';
import { startScriptedReceiver } from '../../helpers/scripted-receiver.ts';
import { until } from '../../helpers/until.ts';
import { uplinkNode } from '../../helpers/uplink-node.ts';

/** What stops within seconds takes no longer on a machine that has much else to do, ms. */
const FOR_EVER_MS = 30_000;

const TIMEOUT = { timeoutMs: 10_000 };

t.test('stopping sends what is there, waits for its ACK and says goodbye', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isWelcoming: true });
  const uplink = node.connect([receiver.address]);
  await receiver.holds(1, 1);
  const call = await receiver.call();
  appendSamples(node.writer, 0, 100);
  const stopped = uplink[Symbol.asyncDispose]();
  // A receiver may gather acknowledgements; one that stops cannot wait for them.
  await call.next(FRAME_TYPES.PING);
  const { offset } = node.writer.end;
  await receiver.holds(1, offset);
  call.send(FRAME_TYPES.ACK, 1, offset - 1);
  await call.caughtUp();
  t.notOk(
    call.heard.some(({ type }) => type === FRAME_TYPES.GOODBYE),
    'not before the last ACK',
  );
  // What comes later is for the next start.
  appendSamples(node.writer, 100, 101);
  call.send(FRAME_TYPES.ACK, 1, offset);
  await call.next(FRAME_TYPES.GOODBYE);
  await stopped;
  await call.closed();
  t.match(uplink.state(), { kind: 'stopped', acknowledged: { segment: 1, offset } });
  t.equal(receiver.calls.length, 1);
});

t.test('stopping right after a segment was closed waits until it is sealed and sent', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isWelcoming: true, isAcknowledging: true });
  const uplink = node.connect([receiver.address]);
  await receiver.holds(1, 1);
  appendSamples(node.writer, 0, 100, 2000);
  node.writer.closeSegment(NOON_MS);
  appendSamples(node.writer, 100, 110);
  await uplink[Symbol.asyncDispose]();
  t.match(receiver.log.end, node.writer.end);
  t.strictSame([receiver.log.sealed, receiver.log.faults], [[1], []]);
});

t.test('stopping does not wait longer than two seconds for an ACK', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isWelcoming: true });
  const uplink = node.connect([receiver.address]);
  await receiver.holds(1, 1);
  const began = performance.now();
  await uplink[Symbol.asyncDispose]();
  const tookMs = performance.now() - began;
  t.ok(tookMs > 1900 && tookMs < FOR_EVER_MS, `it took ${Math.round(tookMs)} ms`);
  await receiver.calls[0]?.next(FRAME_TYPES.GOODBYE);
});

t.test(
  'stopping ends in the middle of the replay of a sealed segment, too, and leaves nothing open',
  async (t) => {
    const node = await uplinkNode(t, { segmentBytes: 64 * 1024 * 1024 });
    const receiver = await startScriptedReceiver({ isWelcoming: true });
    appendSamples(node.writer, 0, 4000, 3000);
    node.writer.closeSegment(NOON_MS);
    await node.sealer.idle();
    const uplink = node.connect([receiver.address]);
    await receiver.holds(1, 1);
    receiver.calls[0]?.socket.pause();
    const began = performance.now();
    await uplink[Symbol.asyncDispose]();
    t.ok(performance.now() - began < FOR_EVER_MS);
    await node[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
    const open = () =>
      process
        .getActiveResourcesInfo()
        .filter((name) => /^(TCP|Timeout|FS|Zlib|FileHandle|CloseReq)/.test(name));
    // `until` itself looks again by a timer, which is over while it looks.
    await until(() => open().length === 0, { ...TIMEOUT, what: () => `the end of ${open().join(' ')}` });
  },
);

t.test('stopping before the receiver has answered is quick', async (t) => {
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver();
  const uplink = node.connect([receiver.address]);
  const call = await receiver.call();
  await call.next(FRAME_TYPES.HELLO);
  const began = performance.now();
  await uplink[Symbol.asyncDispose]();
  await uplink[Symbol.asyncDispose]();
  t.ok(performance.now() - began < 1500);
  await call.next(FRAME_TYPES.GOODBYE);
});
