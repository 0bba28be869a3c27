import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Ingest, type IngestEvents, startIngest } from '../../../receiver/ingest/ingest.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { encodeFrame } from '../../../shared/protocol/encoder.ts';
import { FRAME_TYPES } from '../../../shared/protocol/protocol.ts';
import { knownNodes, WIDE_LIMITS } from '../../helpers/known-nodes.ts';
import { connectRawSender, type RawSender, segmentBytes } from '../../helpers/raw-sender.ts';

const { DATA, SEAL, WELCOME, REFUSED } = FRAME_TYPES;

interface Started extends AsyncDisposable {
  readonly ingest: Ingest;
  readonly root: string;
}

/** One worker, so that all connections are read into the same memory. */
async function start(t: Test): Promise<Started> {
  const root = join(t.testdir(), 'logs');
  const nothing = (): void => undefined;
  const events: IngestEvents = {
    connected: nothing,
    disconnected: nothing,
    progress: nothing,
    live: nothing,
    problem: nothing,
    sealFailed: nothing,
    confirmed: nothing,
    hung: () => undefined,
    volume: nothing,
    limitReached: nothing,
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
    numberOfNodes: 10,
    workers: 1,
    workerHeapMb: 128,
    tls: undefined,
    gate: knownNodes(),
    limits: WIDE_LIMITS,
    events,
    log: createLogger('silent'),
  });
  return { ingest, root, [Symbol.asyncDispose]: () => ingest[Symbol.asyncDispose]() };
}

/** Two nodes that have been let in. */
async function welcomeTwo(port: number): Promise<readonly [RawSender, RawSender]> {
  const one = await connectRawSender(port, '7');
  const other = await connectRawSender(port, '8');
  for (const sender of [one, other]) {
    t.teardown(() => sender.socket.destroy());
    sender.hello();
    await sender.next(WELCOME);
  }
  return [one, other];
}

/** Lets the other node send much, so that the memory is used again and again. */
async function overwrite(other: RawSender): Promise<void> {
  const bytes = segmentBytes('8', other.log, 1, 5000);
  other.send(DATA, 1, 0, bytes);
  await other.acknowledged(1, bytes.length);
}

t.test(
  'a large frame in pieces is stored as it was sent, though another node sends in between',
  async (t) => {
    await using started = await start(t);
    const [one, other] = await welcomeTwo(started.ingest.port);
    const bytes = segmentBytes('7', one.log, 1, 2000);
    const frame = encodeFrame(DATA, 1, 0, bytes);
    one.socket.write(frame.subarray(0, 50_000));
    await overwrite(other);
    one.socket.write(frame.subarray(50_000));
    await one.acknowledged(1, bytes.length);
    t.ok(readFileSync(join(started.root, 'node-7.log')).equals(bytes));
  },
);

t.test('what came in one chunk with the end of a segment is stored as it was sent', async (t) => {
  await using started = await start(t);
  const [one, other] = await welcomeTwo(started.ingest.port);
  const first = segmentBytes('7', one.log, 1, 20_000);
  const second = segmentBytes('7', one.log, 2, 100);
  for (let at = 0; at < first.length; at += 60_000) one.send(DATA, 1, at, first.subarray(at, at + 60_000));
  await one.acknowledged(1, first.length);
  const sha256 = createHash('sha256').update(first).digest();
  one.socket.write(
    Buffer.concat([encodeFrame(SEAL, 1, first.length, sha256), encodeFrame(DATA, 2, 0, second)]),
  );
  await overwrite(other);
  await one.acknowledged(2, second.length);
  t.ok(readFileSync(join(started.root, 'node-7.log')).equals(second));
});

t.test('what came in one chunk before a frame that is refused is stored all the same', async (t) => {
  await using started = await start(t);
  const [one, other] = await welcomeTwo(started.ingest.port);
  const bytes = segmentBytes('7', one.log, 1, 100);
  one.socket.write(Buffer.concat([encodeFrame(DATA, 1, 0, bytes), encodeFrame(WELCOME)]));
  await one.next(REFUSED);
  await overwrite(other);
  await one.closed();
  t.ok(readFileSync(join(started.root, 'node-7.log')).equals(bytes));
});
