import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { FRAME_TYPES } from '../../../shared/protocol/protocol.ts';
import { connectRawSender, type RawSender } from '../../helpers/raw-sender.ts';
import { until } from '../../helpers/until.ts';
import { SEVEN, startQuietIngest } from '../backup/three-copies.ts';

const { CONTROL, SEGMENT, WELCOME } = FRAME_TYPES;
const SHA256 = '0'.repeat(64);

async function start(t: Test) {
  const root = join(t.testdir(), 'logs');
  mkdirSync(root);
  let connections = 0;
  const ingest = await startQuietIngest(root, () => {
    connections += 1;
  });
  t.teardown(() => ingest[Symbol.asyncDispose]());
  const connect = async (before?: RawSender) => {
    const count = connections;
    const sender = await connectRawSender(ingest.port, '7', before?.log);
    t.teardown(() => sender[Symbol.dispose]());
    sender.hello();
    await sender.next(WELCOME);
    await until(() => connections > count, { timeoutMs: 10_000, what: 'the connection to be known' });
    return sender;
  };
  const path = join(root, 'fetched.tmp');
  return { connect, path, fetch: () => ingest.fetchSegment(SEVEN, 3, path) };
}

function say(sender: RawSender, message: object): void {
  sender.send(CONTROL, 0, 0, Buffer.from(JSON.stringify({ kind: 'fetch_result', segment: 3, ...message })));
}

t.test('a segment is written as it comes, and gone on with after the connection broke', async (t) => {
  const { connect, fetch, path } = await start(t);
  const first = await connect();
  const broken = fetch();
  const { id } = await first.nextJson(CONTROL);
  t.match(await first.nextJson(CONTROL), { kind: 'fetch', segment: 3, offset: 0 });
  say(first, { id, size: 10, bytes: 20, sha256: SHA256, from: '2026-01-02T12:00:00.000Z' });
  first.send(SEGMENT, 3, 0, Buffer.from('abcd'));
  first.send(SEGMENT, 3, 6, Buffer.from('not what comes next'));
  first.send(SEGMENT, 2, 4, Buffer.from('another segment'));
  await until(() => readFileSync(path, 'utf8') === 'abcd', { timeoutMs: 10_000, what: 'four bytes' });
  first.socket.destroy();
  t.match(await broken, { kind: 'failed', error: /the connection ended/, isFinal: false });

  const second = await connect(first);
  const whole = fetch();
  const again = await second.nextJson(CONTROL);
  t.match(again, { kind: 'fetch', segment: 3, offset: 4 });
  say(second, { id: again['id'], size: 10, bytes: 20, sha256: SHA256 });
  second.send(SEGMENT, 3, 4, Buffer.from('ef'));
  second.send(SEGMENT, 3, 6, Buffer.from('ghij'));
  t.match(await whole, { kind: 'whole', file: { bytes: 20, sha256: SHA256, toMs: 0 } });
  t.equal(readFileSync(path, 'utf8'), 'abcdefghij');
});

t.test('what a node refuses, and what cannot be, ends the fetch and nothing else', async (t) => {
  const { connect, fetch } = await start(t);
  const sender = await connect();
  const answers = [
    { error: 'segment 3 is not sealed here' },
    { size: 10 },
    { size: 10, bytes: 2 ** 40, sha256: SHA256 },
    { size: 10_000_000, bytes: 20, sha256: SHA256 },
  ];
  const outcomes = [];
  for (const [index, answer] of answers.entries()) {
    const fetched = fetch();
    const { id } = await sender.nextJson(CONTROL, index + 1);
    say(sender, { id, ...answer });
    outcomes.push(await fetched);
  }
  t.match(outcomes, [
    { kind: 'failed', error: 'segment 3 is not sealed here', isFinal: true },
    { kind: 'failed', error: 'the node did not say what it sends', isFinal: false },
    { kind: 'failed', error: /which cannot be/, isFinal: false },
    { kind: 'failed', error: /which cannot be/, isFinal: false },
  ]);
  const [one, two] = [fetch(), fetch()];
  t.match(await two, { kind: 'failed', error: 'another segment is being fetched from this node' });
  const { id } = await sender.nextJson(CONTROL, answers.length + 1);
  say(sender, { id, size: 2, bytes: 20, sha256: SHA256 });
  sender.send(SEGMENT, 3, 0, Buffer.from('abc'));
  t.match(await one, { kind: 'failed', error: 'more came than the node had said' });
  sender.send(SEGMENT, 3, 3, Buffer.from('unasked'));
  sender.send(FRAME_TYPES.PING);
  await sender.next(FRAME_TYPES.PONG);
});
