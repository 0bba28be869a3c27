import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { makeCertificate } from '../../../receiver/identity/make-certificate.ts';
import { type Ingest, type IngestEvents, startIngest } from '../../../receiver/ingest/ingest.ts';
import type { IngestLimits } from '../../../receiver/ingest/limits.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import type { LogId } from '../../../shared/names/log-id.ts';
import { encodeHeader } from '../../../shared/protocol/encoder.ts';
import { FRAME_TYPES } from '../../../shared/protocol/protocol.ts';
import { knownNodes, WIDE_LIMITS } from '../../helpers/known-nodes.ts';
import { connectRawSender, segmentBytes } from '../../helpers/raw-sender.ts';
import { until } from '../../helpers/until.ts';

const { DATA, REFUSED, WELCOME } = FRAME_TYPES;
const SOON = { timeoutMs: 10_000 };

interface Started extends AsyncDisposable {
  readonly ingest: Ingest;
  readonly root: string;
  readonly volumes: string[];
}

async function start(t: Test, limits: Partial<IngestLimits>, more: object = {}): Promise<Started> {
  const root = join(t.testdir(), 'logs');
  const volumes: string[] = [];
  const nothing = (): void => undefined;
  const events: IngestEvents = {
    connected: nothing,
    disconnected: nothing,
    progress: nothing,
    live: nothing,
    problem: nothing,
    confirmed: nothing,
    hung: () => undefined,
    sealFailed: nothing,
    limitReached: nothing,
    volume: (node, state) => volumes.push(`${node} ${state}`),
  };
  const ingest = await startIngest({
    logsRoot: root,
    receiverId: 'receiver-1',
    version: '0.1.0',
    bootId: 'boot-r',
    host: '127.0.0.1',
    port: 0,
    sleeptimeSeconds: 1,
    commitMs: 5,
    acknowledgeMs: 0,
    helloTimeoutMs: 60_000,
    silenceMs: 60_000,
    numberOfNodes: 100,
    workers: 1,
    workerHeapMb: 128,
    tls: undefined,
    limits: { ...WIDE_LIMITS, ...limits },
    gate: knownNodes(),
    events,
    log: createLogger('silent'),
    ...more,
  });
  return { ingest, root, volumes, [Symbol.asyncDispose]: () => ingest[Symbol.asyncDispose]() };
}

/** A connection that says nothing. */
function stranger(port: number): Socket {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  return socket;
}

async function ended(socket: Socket, what: string): Promise<void> {
  await until(() => socket.closed, { ...SOON, what });
}

t.test(
  'time to complete TLS and HELLO: neither silence nor a byte now and then buys more of it',
  async (t) => {
    const tls = await makeCertificate({ hostNames: [], nowMs: Date.now() });
    await using plain = await start(t, {}, { helloTimeoutMs: 300 });
    const silent = stranger(plain.ingest.port);
    const slow = stranger(plain.ingest.port);
    const header = encodeHeader(FRAME_TYPES.HELLO, 0, 0, Buffer.alloc(1000));
    let sent = 0;
    const timer = setInterval(() => slow.write(header.subarray(sent, ++sent)), 100);
    t.teardown(() => clearInterval(timer));
    await ended(silent, 'the end of one that says nothing');
    await ended(slow, 'the end of one that says a byte now and then');
    t.ok(sent < header.length, `it was ended after ${sent} of ${header.length} bytes`);
    await using secure = await start(t, {}, { helloTimeoutMs: 300, tls });
    await ended(stranger(secure.ingest.port), 'the end of one that begins no TLS');
  },
);

t.test('a frame of a stranger may be short, one of a node as long as configured', async (t) => {
  await using started = await start(t, { frameBytes: 100_000 });
  using early = await connectRawSender(started.ingest.port, 'a');
  early.socket.write(encodeHeader(FRAME_TYPES.HELLO, 0, 0, Buffer.alloc(70_000)));
  t.match(await early.nextJson(REFUSED), { code: 'protocol', message: /claims 70000 bytes, at most 65536/ });
  using node = await connectRawSender(started.ingest.port, 'b');
  node.hello();
  await node.next(WELCOME);
  const bytes = segmentBytes('b', node.log, 1, 2000);
  node.send(DATA, 1, 0, bytes.subarray(0, 90_000));
  await node.acknowledged(1, 90_000);
  node.socket.write(encodeHeader(DATA, 1, 90_000, Buffer.alloc(100_001)));
  t.match(await node.nextJson(REFUSED), { code: 'protocol', message: /claims 100001 bytes/ });
});

t.test('a line that is too long is refused, and what came before stays', async (t) => {
  await using started = await start(t, { lineBytes: 1000 });
  using node = await connectRawSender(started.ingest.port, '7');
  node.hello();
  await node.next(WELCOME);
  const bytes = segmentBytes('7', node.log, 1, 20);
  node.send(DATA, 1, 0, bytes);
  await node.acknowledged(1, bytes.length);
  node.send(DATA, 1, bytes.length, Buffer.alloc(600, 'x'));
  node.send(DATA, 1, bytes.length + 600, Buffer.alloc(600, 'x'));
  t.match(await node.nextJson(REFUSED), { code: 'line' });
  await node.closed();
  const stored = readFileSync(join(started.root, 'node-7.log'));
  t.same(stored.subarray(0, bytes.length), bytes);
  t.ok(stored.length <= bytes.length + 600);
});

t.test(
  'strangers at once: beyond the limit they are cut off, and nodes that are in do not count',
  async (t) => {
    await using started = await start(t, { newcomers: 3, newcomersPerAddress: 3 });
    using node = await connectRawSender(started.ingest.port, '7');
    node.hello();
    await node.next(WELCOME);
    const strangers = [1, 2, 3].map(() => stranger(started.ingest.port));
    await until(() => strangers.every(({ readyState }) => readyState === 'open'), {
      ...SOON,
      what: 'strangers',
    });
    await ended(stranger(started.ingest.port), 'the end of one too many');
    t.equal(strangers.filter(({ closed }) => closed).length, 0);
    const bytes = segmentBytes('7', node.log, 1, 1);
    node.send(DATA, 1, 0, bytes);
    await node.acknowledged(1, bytes.length);
    for (const socket of strangers) socket.destroy();
    const again = async () => {
      using other = await connectRawSender(started.ingest.port, '8');
      other.hello();
      return await other.next(WELCOME).then(
        () => true,
        () => false,
      );
    };
    // The server hears of their going a little later than they know of it themselves.
    await until(again, { timeoutMs: 60_000, what: 'room, now that they have gone' });
  },
);

t.test(
  'bytes a day: told at 80 %, refused politely at 100 %, and nothing that was accepted is dropped',
  async (t) => {
    const id = '0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b' as LogId;
    const log = segmentBytes('7', id, 1, 400);
    const limit = 10_000;
    await using started = await start(t, { bytesPerDay: limit });
    using node = await connectRawSender(started.ingest.port, '7', id);
    node.hello();
    await node.next(WELCOME);
    node.send(DATA, 1, 0, log.subarray(0, 8500));
    await node.acknowledged(1, 8500);
    await until(() => started.volumes.includes('7 near'), { ...SOON, what: 'the warning at 80 %' });
    node.send(DATA, 1, 8500, log.subarray(8500, 9900));
    node.send(DATA, 1, 9900, log.subarray(9900, 12_000));
    const refused = await node.nextJson(REFUSED);
    t.match(refused, { code: 'quota', message: /after midnight UTC.*Nothing is lost/s });
    t.ok(Number(refused['retry_after_s']) > 0);
    await node.closed();
    await until(() => readFileSync(join(started.root, 'node-7.log')).length === 9900, {
      ...SOON,
      what: 'the copy',
    });
    t.same(readFileSync(join(started.root, 'node-7.log')), log.subarray(0, 9900));
  },
);

t.test('what comes as LIVE counts towards the bytes a day, and is no longer than a line', async (t) => {
  await using started = await start(t, { bytesPerDay: 990, lineBytes: 400 });
  using first = await connectRawSender(started.ingest.port, '7');
  first.hello();
  await first.next(WELCOME);
  for (let count = 0; count < 3; count++) first.send(FRAME_TYPES.LIVE, 0, 0, Buffer.alloc(399, 0x20));
  t.match(await first.nextJson(REFUSED), { code: 'quota' });
  await until(() => started.volumes.includes('7 near'), { ...SOON, what: 'the warning' });
  using second = await connectRawSender(started.ingest.port, '8');
  second.hello();
  await second.next(WELCOME);
  second.send(FRAME_TYPES.LIVE, 0, 0, Buffer.alloc(400, 0x20));
  t.match(await second.nextJson(REFUSED), { code: 'line' });
});

t.test('a node that does not read what it is sent is cut off', async (t) => {
  await using started = await start(t, { unreadBytes: 64 * 1024 });
  using node = await connectRawSender(started.ingest.port, '7');
  node.hello();
  await node.next(WELCOME);
  node.socket.pause();
  // Every PING is answered, and nobody takes the answers.
  const ping = Buffer.concat(
    Array.from({ length: 2000 }, () => encodeHeader(FRAME_TYPES.PING, 0, 0, Buffer.alloc(0))),
  );
  const flood = setInterval(() => node.socket.write(ping), 1);
  t.teardown(() => clearInterval(flood));
  await until(() => started.ingest.connected().size === 0, { ...SOON, what: 'the end of the connection' });
  t.pass('it ends');
});
