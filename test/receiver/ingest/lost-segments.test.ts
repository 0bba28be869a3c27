import { createHash } from 'node:crypto';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { describeGap } from '../../../receiver/describe-gap.ts';
import { type Ingest, startIngest } from '../../../receiver/ingest/ingest.ts';
import type { IngestProblem } from '../../../receiver/ingest/messages.ts';
import { readSegmentRecords } from '../../../shared/log/segment-records.ts';
import { verifyLog } from '../../../shared/log/verify-log.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { FRAME_TYPES } from '../../../shared/protocol/protocol.ts';
import { knownNodes, WIDE_LIMITS } from '../../helpers/known-nodes.ts';
import { pathsIn } from '../../helpers/logs.ts';
import { connectRawSender, type RawSender, segmentBytes } from '../../helpers/raw-sender.ts';
import { until } from '../../helpers/until.ts';

const { DATA, SEAL, WELCOME } = FRAME_TYPES;
const TIMES = { from: '2026-11-20T00:00:00.000Z', to: '2026-11-20T23:59:59.000Z' };
const REASON = 'it cannot be decoded';

interface Started extends AsyncDisposable {
  readonly ingest: Ingest;
  readonly problems: readonly IngestProblem[];
  /** Connects as node 7. */
  connect(before: RawSender | undefined, hello?: object): Promise<RawSender>;
}

async function start(t: Test): Promise<Started> {
  const root = join(t.testdir(), 'logs');
  const problems: IngestProblem[] = [];
  const gone: string[] = [];
  const ignore = () => undefined;
  const ingest = await startIngest({
    ...{ logsRoot: root, receiverId: 'receiver-1', version: '0.1.0', bootId: 'boot-r' },
    ...{ host: '127.0.0.1', port: 0, sleeptimeSeconds: 1, commitMs: 5, acknowledgeMs: 0, tls: undefined },
    ...{ helloTimeoutMs: 60_000, silenceMs: 60_000, numberOfNodes: 10, workers: 1, workerHeapMb: 128 },
    ...{ gate: knownNodes(), limits: WIDE_LIMITS, log: createLogger('silent') },
    events: {
      ...{ connected: ignore, progress: ignore, live: ignore, sealFailed: ignore },
      ...{ confirmed: ignore, volume: ignore, limitReached: ignore, hung: ignore },
      disconnected: (node) => void gone.push(node),
      problem: (_, problem) => void problems.push(problem),
    },
  });
  return {
    ingest,
    problems,
    async connect(before, hello) {
      const count = gone.length;
      before?.socket.end();
      if (before !== undefined)
        await until(() => gone.length > count, { timeoutMs: 10_000, what: 'the end of the connection' });
      const sender = await connectRawSender(ingest.port, '7', before?.log);
      sender.hello(hello);
      await sender.next(WELCOME);
      return sender;
    },
    [Symbol.asyncDispose]: () => ingest[Symbol.asyncDispose](),
  };
}

/** Sends the beginning of a segment, or all of it with its SEAL; returns all of its bytes. */
async function send(sender: RawSender, segment: number, bytes?: number): Promise<Buffer> {
  const whole = segmentBytes('7', sender.log, segment, 50);
  const part = whole.subarray(0, bytes);
  sender.send(DATA, segment, 0, part);
  await sender.acknowledged(segment, part.length);
  if (bytes !== undefined) return whole;
  sender.send(SEAL, segment, whole.length, createHash('sha256').update(whole).digest());
  await sender.acknowledged(segment + 1, 0);
  return whole;
}

/** What HELLO says of a log that goes on in segment 4 and has lost some. */
function lostHello(...lost: readonly (readonly [segment: number, bytes: number])[]): object {
  return {
    open: [{ segment: 4, bytes: 0, crc: 0 }],
    lost: lost.map(([segment, bytes]) => ({ segment, bytes, ...TIMES, reason: REASON })),
  };
}

t.test('a copy in the middle of a lost segment ends there, short, and goes on behind it', async (t) => {
  await using started = await start(t);
  const { connect, problems } = started;
  using first = await connect(undefined);
  const whole = await send(first, 1, 1000);
  using second = await connect(first, lostHello([1, whole.length]));
  t.match(await second.nextJson(WELCOME), { at: { segment: 2, offset: 0 } });
  const gap = { from: 1, to: 1, keptBytes: 1000, lostBytes: whole.length - 1000, until: TIMES.to };
  t.match(problems, [{ kind: 'gap', gap: { ...gap, reason: REASON, since: /^2026-11-20T00:00:\d\d/ } }]);
  const paths = pathsIn(join(t.testdirName, 'logs'));
  const { sealed, lost } = await readSegmentRecords(paths);
  t.match(sealed.get(1), { bytes: 1000, isShort: true });
  t.strictSame(lost, [], 'what is known to be short need not be called lost');
  await send(second, 2);
  t.strictSame((await verifyLog(paths)).problems, []);
});

t.test('a copy that has nothing of what is lost knows that, and is told of it once', async (t) => {
  await using started = await start(t);
  const { connect, problems } = started;
  using first = await connect(undefined);
  await send(first, 1);
  const hello = lostHello([2, 700], [3, 800]);
  using second = await connect(first, hello);
  t.match(await second.nextJson(WELCOME), { at: { segment: 4, offset: 0 } });
  const gap = { from: 2, to: 3, keptBytes: 0, lostBytes: 1500, since: TIMES.from, until: TIMES.to };
  t.strictSame(problems, [{ kind: 'gap', gap: { ...gap, reason: REASON } }]);
  using third = await connect(second, hello);
  t.match(await third.nextJson(WELCOME), { at: { segment: 4, offset: 0 } }, 'also after a restart');
  await send(third, 4, 500);
  t.equal(problems.length, 1);
  const report = await verifyLog(pathsIn(join(t.testdirName, 'logs')));
  t.strictSame(report.problems, []);
  t.match(report.lost, [{ from: 2, to: 3, reason: REASON }]);
});

t.test('a copy that has all of a lost segment keeps it whole: SEAL says how it ends', async (t) => {
  await using started = await start(t);
  const { connect, problems } = started;
  using first = await connect(undefined);
  const whole = await send(first, 1, 100_000);
  using second = await connect(first, lostHello([1, whole.length]));
  t.match(await second.nextJson(WELCOME), { at: { segment: 1, offset: whole.length } });
  second.send(SEAL, 1, whole.length, createHash('sha256').update(whole).digest());
  await second.acknowledged(2, 0);
  t.strictSame(problems, []);
  t.match((await readSegmentRecords(pathsIn(join(t.testdirName, 'logs')))).sealed.get(1), { isShort: false });
});

t.test('what is known of a lost segment is told, and counts, also where it was the oldest', async (t) => {
  await using started = await start(t);
  const { connect, problems } = started;
  using first = await connect(undefined);
  const whole = await send(first, 1, 100_000);
  const hello = { oldest: 2, ...lostHello([1, whole.length]) };
  using second = await connect(first, hello);
  t.match(await second.nextJson(WELCOME), { at: { segment: 1, offset: whole.length } }, 'it has all of it');
  using third = await connect(second, { oldest: 2, ...lostHello([1, whole.length + 10]) });
  t.match(await third.nextJson(WELCOME), { at: { segment: 2, offset: 0 } });
  t.match(problems, [{ gap: { from: 1, to: 1, lostBytes: 10, reason: REASON } }]);
});

t.test('what an older sender says by its oldest segment alone is told, too', async (t) => {
  await using started = await start(t);
  const { connect, problems } = started;
  using first = await connect(undefined);
  await send(first, 1);
  using second = await connect(first, { oldest: 4, open: [{ segment: 4, bytes: 0, crc: 0 }] });
  t.match(await second.nextJson(WELCOME), { at: { segment: 4, offset: 0 } });
  t.match(problems, [{ kind: 'gap', gap: { from: 2, to: 3, lostBytes: undefined, reason: undefined } }]);
});

t.test('a new copy begins at the oldest segment; that nothing came before is no loss', async (t) => {
  await using started = await start(t);
  using sender = await started.connect(undefined, { oldest: 3, ...lostHello([2, 100]) });
  t.match(await sender.nextJson(WELCOME), { at: { segment: 3, offset: 0 } });
  t.strictSame(started.problems, []);
});

t.test('the mail names node, segment, bytes and time', async (t) => {
  const node = parseNodeName('7');
  const times = { since: '2026-11-20T10:00:00.000Z', until: '2026-11-20T12:00:00.000Z' };
  const gap = { from: 3, to: 3, keptBytes: 2048, lostBytes: 4096, ...times, reason: REASON };
  const told = describeGap(node, gap);
  t.equal(told.title, 'node 7 has lost a part of its log: segment 3');
  t.match(
    told.detail,
    '4.00 KiB of segment 3, lines from 2026-11-20T10:00:00.000Z to 2026-11-20T12:00:00.000Z,',
  );
  t.match(told.detail, 'The first 2.00 KiB of segment 3 are here');
  const unknown = describeGap(node, {
    ...{ from: 2, to: 5, keptBytes: 0, lostBytes: undefined },
    ...{ since: undefined, until: undefined, reason: undefined },
  });
  t.equal(unknown.title, 'node 7 has lost a part of its log: segments 2 to 5');
  t.match(
    unknown.detail,
    'An unknown number of bytes of segments 2 to 5 cannot be had from node 7: it does not',
  );
});
