import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startIngest } from '../../../receiver/ingest/ingest.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { FRAME_TYPES } from '../../../shared/protocol/protocol.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { workerHanger } from '../../helpers/hang-worker.ts';
import { knownNodes, WIDE_LIMITS } from '../../helpers/known-nodes.ts';
import { connectRawSender, type RawSender, segmentBytes } from '../../helpers/raw-sender.ts';
import { until } from '../../helpers/until.ts';

const { DATA, WELCOME } = FRAME_TYPES;
/** A worker without a beat is ended after this long, ms. */
const LIMIT_MS = 120_000;
const LOOK_MS = 5000;
/** What the ending of one may take, ms. */
const END_MS = 10_000;
const TIMEOUT = { timeoutMs: 10_000 };

/** An ingest of one worker, which can be made to hang, and a node that has sent some lines. */
async function connectedNode(t: Test) {
  const directory = t.testdir();
  const root = join(directory, 'logs');
  const told: unknown[] = [];
  const moved: unknown[] = [];
  const ignore = () => undefined;
  const hanger = workerHanger(directory);
  const clock = fakeClock();
  const ingest = await startIngest({
    ...{ logsRoot: root, receiverId: 'receiver-1', version: '0.1.0', bootId: 'boot-r', clock },
    ...{ host: '127.0.0.1', port: 0, sleeptimeSeconds: 1, commitMs: 5, acknowledgeMs: 0, tls: undefined },
    ...{ helloTimeoutMs: 60_000, silenceMs: 60_000, numberOfNodes: 10, workers: 1, workerHeapMb: 128 },
    ...{ gate: knownNodes(), limits: WIDE_LIMITS, log: createLogger('silent') },
    events: {
      ...{ connected: ignore, live: ignore, sealFailed: ignore, problem: ignore },
      progress: (nodes) => void moved.push(nodes),
      ...{ confirmed: ignore, volume: ignore, limitReached: ignore },
      disconnected: (node, how) => void told.push([node, how]),
      hung: (outcome) => void told.push(outcome),
    },
  });
  const sender = await connectRawSender(ingest.port, '7');
  sender.hello();
  await sender.next(WELCOME);
  const bytes = segmentBytes('7', sender.log, 1, 50);
  sender.send(DATA, 1, 0, bytes);
  await sender.acknowledged(1, bytes.length);
  const stack = new AsyncDisposableStack();
  stack.use(hanger);
  stack.use(ingest);
  stack.use(sender);
  return { ingest, hanger, clock, told, moved, sender, bytes, copy: join(root, 'node-7.log'), stack };
}

/** The node connects again, as soon as there is somebody to answer. */
async function reconnect(port: number, before: RawSender): Promise<RawSender> {
  const connect = async () => await connectRawSender(port, '7', before.log).catch(() => undefined);
  const sender = await until(connect, { ...TIMEOUT, what: 'a worker that listens' });
  sender.hello();
  return sender;
}

t.test('a worker that hangs is ended and started again, and its senders resume', async (t) => {
  const { ingest, hanger, clock, told, sender, bytes, copy, stack } = await connectedNode(t);
  await using _ = stack;
  await hanger.loop();
  sender.send(DATA, 1, bytes.length, Buffer.from('{"t":"2026-11-20T00:10:00.000Z"}\n'));
  // The first look may still see a beat of before.
  await clock.advance(LIMIT_MS - LOOK_MS - 1);
  t.strictSame(told, []);
  await clock.advance(LOOK_MS + 1 + LOOK_MS);
  await until(() => told.length === 2, { ...TIMEOUT, what: () => JSON.stringify(told) });
  t.strictSame(told, [['7', 'error'], 'ended']);
  t.notOk(ingest.isStuck());
  await sender.closed();
  using again = await reconnect(ingest.port, sender);
  t.match(await again.nextJson(WELCOME), { at: { segment: 1, offset: bytes.length } });
  t.ok(readFileSync(copy).equals(bytes), 'what was acknowledged is there, and nothing else');
});

t.test(
  'a worker that the system holds keeps its nodes, so that nobody else writes to their files',
  async (t) => {
    const { ingest, hanger, clock, told, sender, bytes, stack } = await connectedNode(t);
    await using _ = stack;
    const free = await hanger.block();
    await clock.advance(LIMIT_MS + LOOK_MS + END_MS);
    await until(() => told.length === 1, { ...TIMEOUT, what: () => JSON.stringify(told) });
    t.strictSame(told, ['stuck'], 'its node does not count as gone');
    t.ok(ingest.isStuck());
    t.ok(ingest.connected().size, 'and nobody else may have it');
    free();
    await until(() => told.length === 3, { ...TIMEOUT, what: () => JSON.stringify(told) });
    t.strictSame(told, ['stuck', ['7', 'error'], 'ended']);
    t.notOk(ingest.isStuck());
    using again = await reconnect(ingest.port, sender);
    t.match(await again.nextJson(WELCOME), { at: { segment: 1, offset: bytes.length } });
  },
);

t.test('a worker that is stuck does not hold up the end for ever', async (t) => {
  const { ingest, hanger, told, stack } = await connectedNode(t);
  await using _ = stack;
  const free = await hanger.block();
  await ingest[Symbol.asyncDispose]();
  free();
  t.strictSame(told, []);
});

t.test('a worker that works is left alone', async (t) => {
  const { clock, told, moved, sender, bytes, stack } = await connectedNode(t);
  await using _ = stack;
  await clock.advance(LIMIT_MS - LOOK_MS);
  const before = moved.length;
  sender.send(DATA, 1, bytes.length, Buffer.from('{"t":"2026-11-20T00:10:00.000Z"}\n'));
  // It reports where nodes are when it beats.
  await until(() => moved.length > before, { ...TIMEOUT, what: 'a beat' });
  await clock.advance(LIMIT_MS - LOOK_MS);
  t.strictSame(told, []);
});
