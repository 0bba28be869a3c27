import t from 'tap';
import { Reconnect } from '../../../sender/uplink/reconnect.ts';
import { FRAME_TYPES } from '../../../shared/protocol/protocol.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { startScriptedReceiver } from '../../helpers/scripted-receiver.ts';
import { until } from '../../helpers/until.ts';
import { uplinkNode } from '../../helpers/uplink-node.ts';

const LOST = { kind: 'lost', reason: 'cut' } as const;

function refused(seconds: number) {
  return { kind: 'refused', refusal: { code: 'limit', message: 'full', retry_after_s: seconds } } as const;
}

t.test('connections that do not last do not make the waits begin anew', async (t) => {
  const reconnect = new Reconnect(() => 1);
  const waits: number[] = [];
  let nowMs = 0;
  for (let n = 0; n < 30; n++) {
    reconnect.connected(nowMs);
    nowMs += 14_999;
    t.equal(reconnect.ended(nowMs), false);
    waits.push(reconnect.waitMs(LOST, nowMs));
    nowMs += waits.at(-1) ?? 0;
  }
  t.strictSame(waits.slice(0, 2), [2500, 5000]);
  t.equal(waits.at(-1), 60_000);

  reconnect.connected(nowMs);
  t.equal(reconnect.ended(nowMs + 15_000), true);
  t.equal(reconnect.waitMs(LOST, nowMs + 15_000), 2500);
});

t.test('the waits are at most five seconds, or a quarter of the outage up to a minute', async (t) => {
  const reconnect = new Reconnect(() => 1);
  const waits = [0, 10, 20, 40, 200, 10_000].map((seconds) => reconnect.waitMs(LOST, seconds * 1000));
  t.strictSame(waits, [2500, 5000, 5000, 10_000, 40_000, 60_000]);
});

t.test(
  'a receiver that is started twice after a long outage has its nodes back within seconds',
  async (t) => {
    const reconnect = new Reconnect(() => 1);
    for (const seconds of [0, 100, 200, 300, 400]) reconnect.waitMs(LOST, seconds * 1000);
    let nowMs = 400_000;
    t.equal(reconnect.waitMs(LOST, nowMs), 60_000);
    for (let short = 1; short <= 3; short++) {
      reconnect.connected(nowMs);
      nowMs += 3000;
      reconnect.ended(nowMs);
      t.equal(reconnect.waitMs(LOST, nowMs), 5000, `after ${short} short connections`);
      t.equal(reconnect.waitMs(LOST, nowMs + 100_000), 25_000, 'a new outage');
      nowMs += 100_000;
    }
    reconnect.connected(nowMs);
    reconnect.ended(nowMs + 3000);
    t.ok(reconnect.waitMs(LOST, nowMs + 3000) > 25_000, 'a receiver that goes on failing is not stormed');
  },
);

t.test('a try that never connected has not lasted, however long it took', async (t) => {
  const reconnect = new Reconnect(() => 1);
  reconnect.connected(0);
  t.equal(reconnect.ended(60_000), true);
  t.equal(reconnect.ended(600_000), false);
});

t.test('a refusal that asks for no wait is not repeated without one', async (t) => {
  const reconnect = new Reconnect(() => 1);
  const waits = Array.from({ length: 5 }, () => reconnect.waitMs(refused(0), 0));
  t.strictSame(waits, [2500, 5000, 5000, 5000, 5000]);
  t.equal(reconnect.waitMs(refused(3600), 0), 3600 * 1000 * 1.2, 'a longer one is kept to');
  const earliest = new Reconnect(() => 0).waitMs(refused(3600), 0);
  t.equal(earliest, 3600 * 1000, 'never is the wait shorter than asked for');
});

t.test(
  'a log that has changed is offered again at once, the second time in a row only after a wait',
  async (t) => {
    const reconnect = new Reconnect(() => 1);
    const again = { kind: 'again', reason: 'the log has changed' } as const;
    t.equal(reconnect.waitMs(again, 0), 0);
    t.equal(reconnect.waitMs(again, 0), 2500);
    t.equal(reconnect.waitMs(again, 0), 5000);
    reconnect.connected(0);
    reconnect.ended(60_000);
    t.equal(reconnect.waitMs(again, 60_000), 0);
  },
);

t.test('a receiver that welcomes a sender and drops it each time is not stormed', async (t) => {
  const clock = fakeClock();
  const waits: number[] = [];
  const sleep = (ms: number, signal?: AbortSignal) => {
    // A session sleeps, too, until it may have to look for a silence.
    if (uplink.state().kind === 'waiting') waits.push(ms);
    return clock.sleep(ms, signal);
  };
  await using node = await uplinkNode(t);
  await using receiver = await startScriptedReceiver({ isWelcoming: true });
  const uplink = node.connect([receiver.address], { clock: { ...clock, sleep }, random: () => 1 });
  for (let n = 1; n <= 5; n++) {
    const call = await receiver.call(n);
    await call.next(FRAME_TYPES.HELLO);
    await call.caughtUp();
    t.equal(uplink.state().kind, 'connected');
    if (n === 5) {
      await clock.advance(15_000);
      await call.caughtUp();
    }
    call.cut();
    await until(() => waits.length === n && clock.sleeping() === 1, { timeoutMs: 10_000, what: `wait ${n}` });
    await clock.advance(waits.at(-1) ?? 0);
  }
  t.strictSame(waits, [2500, 5000, 5000, 5000, 2500], 'the last connection lasted');
});

t.test(
  'a receiver that claims more than was written, each time, does not make segments without end',
  async (t) => {
    const clock = fakeClock();
    await using node = await uplinkNode(t);
    await using receiver = await startScriptedReceiver();
    const uplink = node.connect([receiver.address], { clock, random: () => 1 });
    for (const nth of [1, 2]) {
      const call = await receiver.call(nth);
      await call.next(FRAME_TYPES.HELLO);
      const { segment, offset } = node.writer.end;
      call.welcome({ segment, offset: offset + 100, crc: 1 });
      await call.closed();
    }
    await until(() => clock.sleeping() === 1, { timeoutMs: 10_000, what: 'the wait' });
    t.match(uplink.state(), { kind: 'waiting', reason: /has more than was written here/ });
    t.equal(node.writer.end.segment, 3);
    t.equal(receiver.calls.length, 2);
  },
);
