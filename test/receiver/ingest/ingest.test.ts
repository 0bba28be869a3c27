import { createHash } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import t, { type Test } from 'tap';
import { type Ingest, type IngestEvents, startIngest } from '../../../receiver/ingest/ingest.ts';
import type { Gate } from '../../../receiver/ingest/lobby.ts';
import type { JoinClaim } from '../../../receiver/ingest/messages.ts';
import { logPaths } from '../../../shared/log/log.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { FRAME_TYPES } from '../../../shared/protocol/protocol.ts';
import { knownNodes, secretOf, WIDE_LIMITS } from '../../helpers/known-nodes.ts';
import { contentOf, pathsIn } from '../../helpers/logs.ts';
import { connectRawSender, segmentBytes } from '../../helpers/raw-sender.ts';
import { until } from '../../helpers/until.ts';

interface Started extends AsyncDisposable {
  readonly ingest: Ingest;
  readonly root: string;
  /** What ingest told, as `[event, …what matters of it]`. */
  readonly told: unknown[][];
}

async function start(t: Test, more: object = {}): Promise<Started> {
  const root = join(t.testdir(), 'logs');
  const told: unknown[][] = [];
  const events: IngestEvents = {
    connected: (facts, at) => told.push(['connected', facts.node, at]),
    disconnected: (node, end, reason) => told.push(['disconnected', node, end, reason]),
    progress: (moved) => told.push(['progress', moved]),
    live: (node, line) => told.push(['live', node, line]),
    problem: (node, problem) => told.push(['problem', node, problem.kind, problem]),
    sealFailed: (node, segment, message) => told.push(['sealFailed', node, segment, message]),
    confirmed: (node, sha256) => told.push(['confirmed', node, sha256]),
    volume: (node, state) => told.push(['volume', node, state]),
    hung: (outcome) => told.push(['hung', outcome]),
    limitReached: (facts) => told.push(['limitReached', facts.node]),
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
    workers: 2,
    workerHeapMb: 128,
    tls: undefined,
    gate: knownNodes(),
    limits: WIDE_LIMITS,
    events,
    log: createLogger('silent'),
    ...more,
  });
  return { ingest, root, told, [Symbol.asyncDispose]: () => ingest[Symbol.asyncDispose]() };
}

const { ACK, CHALLENGE, CONTROL, DATA, GOODBYE, HEAL, LIVE, PING, PONG, REFUSED, SEAL, WELCOME } =
  FRAME_TYPES;

t.test('what is sent is stored as it is, and acknowledged', async (t) => {
  await using started = await start(t);
  const { ingest, root, told } = started;
  using sender = await connectRawSender(ingest.port, '7');
  sender.hello();
  t.match(await sender.nextJson(WELCOME), {
    receiver: 'receiver-1',
    sleeptime: 1,
    at: { segment: 1, offset: 0, crc: 0 },
  });
  const bytes = segmentBytes('7', sender.log, 1, 100);
  sender.send(DATA, 1, 0, bytes.subarray(0, 1000));
  sender.send(DATA, 1, 1000, bytes.subarray(1000));
  await sender.acknowledged(1, bytes.length);
  t.same(readFileSync(join(root, 'node-7.log')), bytes);
  await until(() => told.some(([kind]) => kind === 'progress'), {
    timeoutMs: 10_000,
    what: 'a progress report',
  });
  t.match(ingest.connected().get(parseNodeName('7')), { position: { segment: 1, offset: bytes.length } });
});

t.test('a receiver that listens on :: knows IPv4 nodes by their IPv4 addresses', async (t) => {
  const gate = knownNodes();
  const addresses: string[] = [];
  const admit: typeof gate.admit = (facts, auth) => {
    addresses.push(facts.address);
    return gate.admit(facts, auth);
  };
  await using started = await start(t, { host: '::', gate: { ...gate, admit } });
  using sender = await connectRawSender(started.ingest.port, '7');
  sender.hello();
  await sender.next(WELCOME);
  t.strictSame(addresses, ['127.0.0.1']);
});

t.test('a sender that comes back is told where its log ends here, with the CRC-32 of that', async (t) => {
  await using started = await start(t);
  const { ingest, told } = started;
  using first = await connectRawSender(ingest.port, '7');
  const bytes = segmentBytes('7', first.log, 1, 10);
  first.hello();
  await first.next(WELCOME);
  first.send(DATA, 1, 0, bytes);
  await first.acknowledged(1, bytes.length);
  first.socket.end();
  await until(() => told.find(([kind]) => kind === 'disconnected'), { timeoutMs: 10_000, what: 'the end' });
  const end = { segment: 1, offset: bytes.length };
  const last = [['progress', [{ position: end }]], ['disconnected']];
  t.match(told.slice(-2), last, 'how far it got is said before its end');
  using second = await connectRawSender(ingest.port, '7', first.log);
  second.hello();
  t.match(await second.nextJson(WELCOME), { at: { segment: 1, offset: bytes.length, crc: crc32(bytes) } });
});

t.test('a segment is closed when its SHA-256 agrees, compressed, and the next begins', async (t) => {
  await using started = await start(t);
  const { ingest, root } = started;
  using sender = await connectRawSender(ingest.port, '7');
  sender.hello();
  await sender.next(WELCOME);
  const one = segmentBytes('7', sender.log, 1, 50);
  const two = segmentBytes('7', sender.log, 2, 5);
  sender.send(DATA, 1, 0, one);
  sender.send(SEAL, 1, one.length, createHash('sha256').update(one).digest());
  sender.send(DATA, 2, 0, two);
  await sender.acknowledged(2, two.length);
  t.ok(sender.heard.some(({ type, segment, offset }) => type === ACK && segment === 2 && offset === 0));
  t.same(readFileSync(join(root, 'node-7.log')), two);
  const sealed = () => readdirSync(join(root, 'node-7')).includes('00000001.ndjson.zst');
  await until(sealed, { timeoutMs: 10_000, what: 'the compressed segment' });
});

t.test(
  'a segment with another SHA-256 is set aside, told of, and fetched again from its beginning',
  async (t) => {
    await using started = await start(t);
    const { ingest, root, told } = started;
    using sender = await connectRawSender(ingest.port, '7');
    sender.hello();
    await sender.next(WELCOME);
    const bytes = segmentBytes('7', sender.log, 1, 5);
    sender.send(DATA, 1, 0, bytes);
    sender.send(SEAL, 1, bytes.length, Buffer.alloc(32));
    sender.send(DATA, 2, 0, Buffer.from('on its way already\n'));
    t.match(await sender.nextJson(WELCOME, 2), { at: { segment: 1, offset: 0, crc: 0 } });
    sender.send(DATA, 1, 0, bytes);
    await sender.acknowledged(1, bytes.length);
    t.same(readFileSync(join(root, 'node-7.log')), bytes);
    t.ok(told.some(([kind, , problem]) => kind === 'problem' && problem === 'set_aside'));
    const aside = readdirSync(join(root, 'node-7')).filter((name) => name.endsWith('.aside'));
    t.equal(aside.length, 1);
  },
);

for (const [what, damage] of [
  ['damaged', (path: string) => writeFileSync(path, '{"format":')],
  ['gone', (path: string) => rmSync(path)],
] as const)
  t.test(`log.json is ${what}: the segments say which log it is, and another one archives it`, async (t) => {
    await using started = await start(t);
    const { ingest, root } = started;
    const meta = join(root, 'node-7/log.json');
    using sender = await connectRawSender(ingest.port, '7');
    sender.hello();
    await sender.next(WELCOME);
    const [one, two] = [1, 2].map((segment) => segmentBytes('7', sender.log, segment, 5));
    if (one === undefined || two === undefined) throw new Error('two segments');
    sender.send(DATA, 1, 0, one);
    sender.send(SEAL, 1, one.length, createHash('sha256').update(one).digest());
    await sender.acknowledged(2, 0);
    const sealed = () => readdirSync(join(root, 'node-7')).includes('00000001.ndjson.zst');
    await until(sealed, { timeoutMs: 10_000, what: 'the compressed segment' });
    sender[Symbol.dispose]();
    await until(() => !ingest.connected().has(parseNodeName('7')), { timeoutMs: 10_000, what: 'its end' });

    damage(meta);
    using again = await connectRawSender(ingest.port, '7', sender.log);
    again.hello({ open: [{ segment: 2, bytes: 0, crc: 0 }] });
    t.match(await again.nextJson(WELCOME), { at: { segment: 2, offset: 0 } }, 'it goes on where it was');
    t.equal(JSON.parse(readFileSync(meta, 'utf8')).id, sender.log);
    again[Symbol.dispose]();
    await until(() => !ingest.connected().has(parseNodeName('7')), { timeoutMs: 10_000, what: 'its end' });

    damage(meta);
    using other = await connectRawSender(ingest.port, '7');
    other.hello();
    t.match(await other.nextJson(WELCOME), { at: { segment: 1, offset: 0 } });
    t.ok(existsSync(join(root, `node-7@${sender.log}`, '00000001.ndjson.zst')), 'the two are not mixed');
  });

t.test('a common prefix that differs is set aside when the sender says so', async (t) => {
  await using started = await start(t);
  const { ingest, told } = started;
  using sender = await connectRawSender(ingest.port, '7');
  sender.hello();
  await sender.next(WELCOME);
  sender.send(DATA, 1, 0, segmentBytes('7', sender.log, 1, 5));
  sender.send(CONTROL, 0, 0, Buffer.from(JSON.stringify({ kind: 'differs', segment: 1 })));
  t.match(await sender.nextJson(WELCOME, 2), { at: { segment: 1, offset: 0 } });
  t.ok(told.some(([kind, , problem]) => kind === 'problem' && problem === 'set_aside'));
});

t.test('a receiver that is ahead compares its beginning with HELLO, and heals the sender', async (t) => {
  await using started = await start(t);
  const { ingest, told } = started;
  using first = await connectRawSender(ingest.port, '7');
  const bytes = segmentBytes('7', first.log, 1, 2000);
  first.hello();
  await first.next(WELCOME);
  first.send(DATA, 1, 0, bytes);
  await first.acknowledged(1, bytes.length);
  first.socket.destroy();
  await until(() => told.find(([kind]) => kind === 'disconnected'), { timeoutMs: 10_000, what: 'the end' });

  using second = await connectRawSender(ingest.port, '7', first.log);
  const kept = 500;
  const open = [
    { segment: 1, bytes: kept, crc: crc32(bytes.subarray(0, kept)) },
    { segment: 2, bytes: 0, crc: 0 },
  ];
  second.hello({ open });
  t.match(await second.nextJson(WELCOME), { at: { segment: 1, offset: bytes.length } });
  second.send(HEAL, 1, kept);
  const isEnd = () => second.heard.findLast(({ type, payload }) => type === HEAL && payload.length === 0);
  const end = await until(isEnd, { timeoutMs: 10_000, what: 'the last HEAL frame' });
  t.equal(end.offset, bytes.length);
  const healed = second.heard.filter(({ type }) => type === HEAL).map(({ payload }) => payload);
  t.same(Buffer.concat(healed), bytes.subarray(kept));
});

t.test('a receiver that is ahead with other bytes never gives way to the shorter copy', async (t) => {
  await using started = await start(t);
  const { ingest, told } = started;
  using first = await connectRawSender(ingest.port, '7');
  const bytes = segmentBytes('7', first.log, 1, 20);
  first.hello();
  await first.next(WELCOME);
  first.send(DATA, 1, 0, bytes);
  await first.acknowledged(1, bytes.length);
  first.socket.destroy();
  await until(() => told.find(([kind]) => kind === 'disconnected'), { timeoutMs: 10_000, what: 'the end' });
  const isOver = (count: number) => () => told.filter(([kind]) => kind === 'disconnected').length === count;
  using second = await connectRawSender(ingest.port, '7', first.log);
  const open = [
    { segment: 1, bytes: 100, crc: 1 },
    { segment: 2, bytes: 0, crc: 0 },
  ];
  second.hello({ open, can: ['give_way'] });
  const common = { bytes: 100, crc: crc32(bytes.subarray(0, 100)) };
  const at = { segment: 1, offset: bytes.length, crc: crc32(bytes), common };
  t.match(await second.nextJson(WELCOME), { at }, 'a sender that can set its own copy aside is told so');
  t.ok(told.some(([kind, , problem]) => kind === 'problem' && problem === 'forked'));
  second.send(CONTROL, 0, 0, Buffer.from(JSON.stringify({ kind: 'differs', segment: 1 })));
  t.match(await second.nextJson(WELCOME, 2), { at: { segment: 2, offset: 0 } }, 'not even if it says so');
  second.socket.destroy();
  await until(isOver(2), { timeoutMs: 10_000, what: 'the end' });
  t.equal(await contentOf(pathsIn(started.root), 1), bytes.toString('latin1'));

  using third = await connectRawSender(ingest.port, '7', first.log);
  third.hello({ open });
  t.match(await third.nextJson(WELCOME), { at: { segment: 2, offset: 0 } });
});

/** A file that takes the place of a segment, with its first line and other bytes behind that. */
const STRANGE_FILES: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  longer: (bytes) => Buffer.concat([firstLine(bytes), Buffer.alloc(3 * bytes.length, 'strange\n')]),
  'as long': (bytes) => Buffer.concat([firstLine(bytes), Buffer.alloc(bytes.length, 'strange\n')]),
};

function firstLine(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.indexOf(0x0a) + 1);
}

t.test('a file that was replaced while nobody followed is no reason for the node to give way', async (t) => {
  await using started = await start(t);
  const { ingest, root, told } = started;
  for (const [index, [name, change]] of Object.entries(STRANGE_FILES).entries()) {
    const node = `n${index}`;
    const { open } = logPaths(root, parseNodeName(node));
    using first = await connectRawSender(ingest.port, node);
    const bytes = segmentBytes(node, first.log, 1, 20);
    first.hello();
    await first.next(WELCOME);
    first.send(DATA, 1, 0, bytes);
    await first.acknowledged(1, bytes.length);
    first.socket.destroy();
    const isOver = () => told.some(([kind, who]) => kind === 'disconnected' && who === node);
    await until(isOver, { timeoutMs: 10_000, what: 'the end' });
    const strange = name === 'longer' ? change(bytes) : change(bytes).subarray(0, bytes.length);
    writeFileSync(open, strange);

    using second = await connectRawSender(ingest.port, node, first.log);
    second.hello({ open: [{ segment: 1, bytes: bytes.length, crc: crc32(bytes) }], can: ['give_way'] });
    const { at } = (await second.nextJson(WELCOME)) as { at: { offset: number; crc: number } };
    if (name === 'longer') t.match(at, { segment: 1, offset: 0 }, `${name}: all is asked for again`);
    else
      t.match(at, { offset: bytes.length, crc: crc32(strange) }, `${name}: the node can see that it differs`);
    const problems = told.filter(([kind, who]) => kind === 'problem' && who === node);
    t.strictSame(
      problems.map(([, , kind]) => kind),
      name === 'longer' ? ['copy_changed'] : [],
    );
  }
});

t.test('for a sender that cannot give way the segment ends as it was acknowledged', async (t) => {
  await using started = await start(t);
  const { ingest, told } = started;
  using first = await connectRawSender(ingest.port, '7');
  const bytes = segmentBytes('7', first.log, 1, 20);
  first.hello();
  await first.next(WELCOME);
  first.send(DATA, 1, 0, bytes);
  await first.acknowledged(1, bytes.length);
  first.socket.destroy();
  await until(() => told.find(([kind]) => kind === 'disconnected'), { timeoutMs: 10_000, what: 'the end' });
  using second = await connectRawSender(ingest.port, '7', first.log);
  second.hello({ open: [{ segment: 1, bytes: 100, crc: 1 }] });
  t.match(await second.nextJson(WELCOME), { at: { segment: 2, offset: 0 } });
  t.ok(told.some(([kind, , problem]) => kind === 'problem' && problem === 'forked'));
  t.equal(await contentOf(pathsIn(started.root), 1), bytes.toString('latin1'));
});

t.test('one node more than number_of_nodes is refused, and admitted when another leaves', async (t) => {
  await using started = await start(t, { numberOfNodes: 1 });
  const { ingest, told } = started;
  using first = await connectRawSender(ingest.port, 'a');
  first.hello();
  await first.next(WELCOME);
  using second = await connectRawSender(ingest.port, 'b');
  second.hello();
  t.match(await second.nextJson(REFUSED), { code: 'limit', message: /takes 1 nodes/ });
  await second.closed();
  t.ok(told.some(([kind, node]) => kind === 'limitReached' && node === 'b'));
  first.socket.end();
  await until(() => told.find(([kind]) => kind === 'disconnected'), { timeoutMs: 10_000, what: 'the end' });
  using third = await connectRawSender(ingest.port, 'b');
  third.hello();
  await third.next(WELCOME);
});

t.test('the same log connected twice: the newer connection wins and the older is told', async (t) => {
  await using started = await start(t);
  const { ingest } = started;
  using first = await connectRawSender(ingest.port, '7');
  first.hello();
  await first.next(WELCOME);
  using second = await connectRawSender(ingest.port, '7', first.log);
  second.hello();
  await second.next(WELCOME);
  t.match(await first.nextJson(REFUSED), { code: 'superseded' });
  await first.closed();
});

t.test(
  'another log under the same name is refused while the first is connected, and archives it afterwards',
  async (t) => {
    await using started = await start(t);
    const { ingest, root, told } = started;
    using first = await connectRawSender(ingest.port, '7');
    first.hello();
    await first.next(WELCOME);
    const bytes = segmentBytes('7', first.log, 1, 5);
    first.send(DATA, 1, 0, bytes);
    await first.acknowledged(1, bytes.length);
    using second = await connectRawSender(ingest.port, '7');
    second.hello();
    t.match(await second.nextJson(REFUSED), { code: 'name_taken' });
    first.socket.end();
    await until(() => told.find(([kind]) => kind === 'disconnected'), { timeoutMs: 10_000, what: 'the end' });
    using third = await connectRawSender(ingest.port, '7', second.log);
    third.hello();
    t.match(await third.nextJson(WELCOME), { at: { segment: 1, offset: 0 } });
    t.same(readFileSync(join(root, `node-7@${first.log}.log`)), bytes, 'the old log stays, whole');
  },
);

t.test(
  'another run of a node that is connected: the one that is there is asked whether it lives',
  async (t) => {
    const twin = { code: 'twin', message: 'a copy', retryAfterSeconds: 1 } as const;
    const judged: string[] = [];
    const joins: JoinClaim[] = [];
    const gate: Gate = {
      ...knownNodes(),
      join(claim) {
        joins.push(claim);
        return { kind: 'refused', refusal: twin, afterMs: 0 };
      },
      judgeTwins(present, candidate) {
        judged.push(`${present.bootId} ${candidate.bootId}`);
        return { kind: 'refused', refusal: twin, afterMs: 0 };
      },
    };
    await using started = await start(t, { gate });
    const { port } = started.ingest;
    using first = await connectRawSender(port, '7');
    first.hello();
    await first.next(WELCOME);

    using copy = await connectRawSender(port, '7', first.log);
    copy.hello({ boot_id: 'boot-2' });
    await first.next(PING);
    first.send(PONG);
    t.match(await copy.nextJson(REFUSED), { code: 'twin' });
    t.strictSame(judged, ['boot-1 boot-2'], 'it lives');

    using joining = await connectRawSender(port, '7');
    const { credential } = secretOf('7');
    const join = {
      protocol: 1,
      code: '0'.repeat(16),
      nonce: '0'.repeat(32),
      installation: credential,
      credential,
    };
    const rest = { node: '7', host_name: 'h', version: '0.2.0' };
    joining.send(FRAME_TYPES.JOIN, 0, 0, Buffer.from(JSON.stringify({ ...join, ...rest })));
    t.match(await joining.nextJson(CHALLENGE), { rejoin: 1 });
    joining.send(FRAME_TYPES.PROOF, 0, 0, Buffer.alloc(64));
    await first.next(PING, 2);
    first.send(PONG);
    await joining.next(REFUSED);
    t.match(
      joins,
      [{ credentialProof: undefined }],
      'whoever proves the credential of a node that lives is a copy',
    );

    using rebooted = await connectRawSender(port, '7', first.log);
    rebooted.hello({ boot_id: 'boot-3' });
    await rebooted.next(WELCOME);
    t.match(await first.nextJson(REFUSED), { code: 'superseded' }, 'it has not answered');
    t.equal(judged.length, 1);
  },
);

t.test('how a connection ended is told: goodbye, closed, reset', async (t) => {
  await using started = await start(t);
  const { ingest, told } = started;
  const ends: { [name: string]: (sender: Awaited<ReturnType<typeof connectRawSender>>) => void } = {
    goodbye: (sender) => {
      sender.send(GOODBYE, 0, 0, Buffer.from('{"reason":"shutdown"}'));
      sender.socket.end();
    },
    closed: (sender) => sender.socket.end(),
    reset: (sender) => sender.socket.resetAndDestroy(),
  };
  for (const [name, end] of Object.entries(ends)) {
    using sender = await connectRawSender(ingest.port, name);
    sender.hello();
    await sender.next(WELCOME);
    end(sender);
    const isTold = () => told.find(([kind, node]) => kind === 'disconnected' && node === name);
    t.equal((await until(isTold, { timeoutMs: 10_000, what: name }))[2], name);
  }
});

t.test('a silent peer is asked and given up; one that says no HELLO is cut off sooner', async (t) => {
  await using started = await start(t, { silenceMs: 2500, helloTimeoutMs: 500 });
  const { ingest, told } = started;
  using mute = await connectRawSender(ingest.port, 'x');
  using silent = await connectRawSender(ingest.port, '7');
  silent.hello();
  await silent.next(PING);
  await mute.closed();
  await silent.closed();
  t.ok(told.some(([kind, node, end]) => kind === 'disconnected' && node === '7' && end === 'timed_out'));
});

t.test('PING is answered, LIVE reaches the main thread, an interval reaches the sender', async (t) => {
  await using started = await start(t);
  const { ingest, told } = started;
  using sender = await connectRawSender(ingest.port, '7');
  sender.hello();
  await sender.next(WELCOME);
  sender.send(PING);
  await sender.next(PONG);
  sender.send(LIVE, 0, 0, Buffer.from('{"t":"now"}'));
  const live = () => told.find(([kind]) => kind === 'live');
  t.same(await until(live, { timeoutMs: 10_000, what: 'the live sample' }), ['live', '7', '{"t":"now"}']);
  ingest.setSleeptime(5);
  t.match(await sender.nextJson(CONTROL), { kind: 'interval', sleeptime: 5 });
});

t.test('acknowledgements of little are gathered, until the sender asks', async (t) => {
  await using started = await start(t, { acknowledgeMs: 600_000 });
  const { ingest } = started;
  using sender = await connectRawSender(ingest.port, '7');
  sender.hello();
  await sender.next(WELCOME);
  const bytes = segmentBytes('7', sender.log, 1, 100);
  const durable = (offset: number) =>
    until(() => ingest.connected().get(parseNodeName('7'))?.position?.offset === offset, {
      timeoutMs: 10_000,
      what: `${offset} durable bytes`,
    });
  sender.send(DATA, 1, 0, bytes.subarray(0, 1000));
  await sender.acknowledged(1, 1000);
  sender.send(DATA, 1, 1000, bytes.subarray(1000, 1500));
  await durable(1500);
  ingest.setSleeptime(5);
  await sender.next(CONTROL);
  sender.send(PING);
  await sender.next(PONG);
  const types = sender.heard.map(({ type }) => type).filter((type) => type !== CHALLENGE);
  t.same(types, [WELCOME, ACK, CONTROL, ACK, PONG], 'the second one only when it was asked for');
  await sender.acknowledged(1, 1500);
  sender.send(DATA, 1, 1500, bytes.subarray(1500));
  await sender.acknowledged(1, bytes.length);
});

t.test('what does not continue the log, or is no frame, ends the connection with a reason', async (t) => {
  await using started = await start(t);
  const { ingest } = started;
  using wrong = await connectRawSender(ingest.port, 'a');
  wrong.hello();
  await wrong.next(WELCOME);
  wrong.send(DATA, 1, 7, Buffer.from('x'));
  t.match(await wrong.nextJson(REFUSED), { code: 'position' });

  using rubbish = await connectRawSender(ingest.port, 'b');
  rubbish.socket.write('GET / HTTP/1.1\r\nHost: example\r\n\r\n');
  t.match(await rubbish.nextJson(REFUSED), { code: 'protocol' });

  using early = await connectRawSender(ingest.port, 'c');
  early.send(DATA, 1, 0, Buffer.from('x'));
  t.match(await early.nextJson(REFUSED), { code: 'protocol', message: /HELLO/ });

  using newer = await connectRawSender(ingest.port, 'd');
  newer.hello({ protocol: 2 });
  t.match(await newer.nextJson(REFUSED), {
    code: 'version',
    message: /speaks protocol 2, this receiver speaks 1/,
  });

  using hostile = await connectRawSender(ingest.port, '../../etc');
  hostile.hello();
  t.match(await hostile.nextJson(REFUSED), { code: 'protocol', message: /is not a node name/ });
});

t.test('the question what a node holds reaches it, and its answer comes back', async (t) => {
  await using started = await start(t);
  const { ingest, told } = started;
  using sender = await connectRawSender(ingest.port, '7');
  sender.hello();
  await sender.next(WELCOME);
  await until(() => told.some(([kind]) => kind === 'connected'), { timeoutMs: 10_000, what: 'connected' });
  const answer = ingest.askDigest(parseNodeName('7'), { segment: 1, offset: 0 }, 10_000);
  const { id } = await sender.nextJson(CONTROL);
  const segments = [{ number: 1, bytes: 0, sha256: '0'.repeat(64) }];
  sender.send(CONTROL, 0, 0, Buffer.from(JSON.stringify({ kind: 'digest_result', id, segments })));
  t.match(await answer, { segments });
  await t.rejects(ingest.askDigest(parseNodeName('8'), { segment: 1, offset: 0 }, 10), {
    code: 'NODE_UNKNOWN',
  });
});

t.test('a worker that dies is started again, and its senders resume', async (t) => {
  await using started = await start(t, { workers: 1 });
  const { ingest, told } = started;
  using first = await connectRawSender(ingest.port, '7');
  first.hello();
  await first.next(WELCOME);
  const bytes = segmentBytes('7', first.log, 1, 5);
  first.send(DATA, 1, 0, bytes);
  await first.acknowledged(1, bytes.length);
  await ingest.killWorker(0);
  await first.closed();
  const ended = () => told.find(([kind]) => kind === 'disconnected');
  t.match(await until(ended, { timeoutMs: 10_000, what: 'the end' }), ['disconnected', '7', 'error']);
  const again = async () => await connectRawSender(ingest.port, '7', first.log).catch(() => undefined);
  using second = await until(again, { timeoutMs: 10_000, what: 'the worker to listen again' });
  second.hello();
  t.match(await second.nextJson(WELCOME), { at: { segment: 1, offset: bytes.length } });
});

t.test('stopping acknowledges what has come and says goodbye', async (t) => {
  await using started = await start(t, { commitMs: 60_000, acknowledgeMs: 60_000 });
  const { ingest, root } = started;
  using sender = await connectRawSender(ingest.port, '7');
  sender.hello();
  await sender.next(WELCOME);
  const bytes = segmentBytes('7', sender.log, 1, 5);
  sender.send(DATA, 1, 0, bytes);
  sender.send(PING);
  await sender.next(PONG);
  await ingest[Symbol.asyncDispose]();
  await sender.acknowledged(1, bytes.length);
  await sender.next(GOODBYE);
  t.same(readFileSync(join(root, 'node-7.log')), bytes);
});

t.test('a taken port is refused in one sentence', async (t) => {
  await using started = await start(t);
  const { ingest } = started;
  const again = start(t, { port: ingest.port });
  await t.rejects(again, {
    code: 'PORT_UNAVAILABLE',
    message: /another program already listens on 127\.0\.0\.1, port \d+/,
  });
});

t.test('a copy that cannot be opened refuses the node and is told of; the others go on', async (t) => {
  await using started = await start(t);
  const { ingest, root, told } = started;
  writeFileSync(join(root, 'node-7'), 'a file where a directory has to be');
  using sender = await connectRawSender(ingest.port, '7');
  sender.hello();
  t.match(await sender.nextJson(REFUSED), { code: 'storage' });
  t.ok(told.some(([kind, node, problem]) => kind === 'problem' && node === '7' && problem === 'storage'));
  using other = await connectRawSender(ingest.port, '8');
  other.hello();
  await other.next(WELCOME);
});

const FILE_CHANGES: Readonly<Record<string, (path: string) => void>> = {
  'cut to nothing': (path) => truncateSync(path, 0),
  'cut in the middle': (path) => truncateSync(path, 1000),
  'replaced by an empty one': (path) => {
    renameSync(path, `${path}.1`);
    writeFileSync(path, '');
  },
  deleted: (path) => rmSync(path),
  'deleted with the whole directory': (path) => rmSync(dirname(path), { recursive: true }),
};

t.test(
  'the file of a connected node that something else changes is put back, and the node goes on',
  async (t) => {
    await using started = await start(t);
    const { ingest, told, root } = started;
    for (const [index, [name, change]] of Object.entries(FILE_CHANGES).entries()) {
      const node = `n${index}`;
      const paths = logPaths(root, parseNodeName(node));
      using sender = await connectRawSender(ingest.port, node);
      const bytes = segmentBytes(node, sender.log, 1, 40);
      sender.hello();
      await sender.next(WELCOME);
      const half = bytes.indexOf(0x0a, 1500) + 1;
      sender.send(DATA, 1, 0, bytes.subarray(0, half));
      await sender.acknowledged(1, half);
      change(paths.open);
      const isTold = () =>
        told.some(([kind, who, problem]) => who === node && kind === 'problem' && problem === 'copy_changed');
      await until(isTold, { timeoutMs: 10_000, what: `the alert that the file was ${name}` });
      if (name.startsWith('cut')) {
        const { at } = (await sender.nextJson(WELCOME, 2)) as { at: { offset: number } };
        t.ok(at.offset <= 1000, `${name}: the node is asked again from ${at.offset} on`);
        sender.send(DATA, 1, at.offset, bytes.subarray(at.offset));
      } else sender.send(DATA, 1, half, bytes.subarray(half));
      await sender.acknowledged(1, bytes.length);
      t.equal(await contentOf(paths, 1), bytes.toString('latin1'), `${name}: everything is there`);
    }
    using other = await connectRawSender(ingest.port, 'other');
    other.hello();
    t.match(await other.nextJson(WELCOME), { at: { segment: 1 } }, 'no node is refused');
  },
);
