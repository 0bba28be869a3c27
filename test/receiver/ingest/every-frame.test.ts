import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type IngestEvents, startIngest } from '../../../receiver/ingest/ingest.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import { FRAME_TYPES, type FrameType, PROTOCOL_VERSION } from '../../../shared/protocol/protocol.ts';
import { knownNodes, secretOf, WIDE_LIMITS } from '../../helpers/known-nodes.ts';
import { connectRawSender, type RawSender, segmentBytes } from '../../helpers/raw-sender.ts';
import { until } from '../../helpers/until.ts';

// Every frame, in every state of a connection, with payloads and positions that fit and that do not: what the receiver answers is what
// docs/protocol.md says, and the copy that it holds is untouched.

const {
  CHALLENGE,
  CONTROL,
  DATA,
  GOODBYE,
  HEAL,
  HELLO,
  JOIN,
  LIVE,
  PING,
  PONG,
  PROOF,
  REFUSED,
  SEAL,
  SEGMENT,
  WELCOME,
} = FRAME_TYPES;
const SOON = { timeoutMs: 10_000 };
const STATES = ['new', 'challenged', 'streaming'] as const;
type State = (typeof STATES)[number];

interface Case {
  readonly state: State;
  readonly type: FrameType;
  readonly segment: number;
  readonly offset: number;
  readonly bytes: number;
}

/** What has to come of a case: the code of a refusal, the end without one, or a connection that goes on. */
function expected({ state, type, bytes, segment, offset }: Case, end: number): string {
  if (type === PING || type === PONG) return 'goes on';
  if (type === GOODBYE) return state === 'streaming' ? 'goes on' : 'ends';
  if (state === 'challenged' && type === PROOF) return 'auth';
  if (state !== 'streaming') return 'protocol';
  const isAtEnd = segment === 1 && offset === end;
  switch (type) {
    case DATA:
      if (bytes === 0) return 'protocol';
      return isAtEnd ? 'goes on' : 'position';
    case SEAL:
      if (bytes !== 32) return 'protocol';
      // With the right position it is the wrong SHA-256 of a whole segment, which is another matter.
      return isAtEnd ? 'not tried' : 'position';
    case HEAL:
      return bytes === 0 ? 'goes on' : 'protocol';
    case LIVE:
      return bytes === 0 ? 'protocol' : 'goes on';
    case CONTROL:
    case SEGMENT:
      return 'goes on';
    default:
      return 'protocol';
  }
}

function cases(end: number): readonly Case[] {
  const positions = [
    [0, 0],
    [1, 0],
    [1, end - 1],
    [1, end],
    [1, end + 1],
    [2, 0],
    [2, end],
    [2 ** 32 - 1, 2 ** 53 - 1],
  ] as const;
  return STATES.flatMap((state) =>
    Object.values(FRAME_TYPES).flatMap((type) =>
      [0, 1, 31, 32, 33].flatMap((bytes) =>
        (state === 'streaming' ? positions : positions.slice(0, 2)).map(([segment, offset]) => ({
          ...{ state, type, bytes, segment, offset },
        })),
      ),
    ),
  ).filter((one) => expected(one, end) !== 'not tried');
}

async function reach(state: State, sender: RawSender, node: string, before: Buffer): Promise<void> {
  if (state === 'challenged') {
    const hello = {
      protocol: PROTOCOL_VERSION,
      node,
      log: sender.log,
      host_name: 'h',
      boot_id: 'b',
      version: '1',
    };
    const rest = { sleeptime: 1, oldest: 1, open: [{ segment: 1, bytes: 0, crc: 0 }], nonce: '0'.repeat(32) };
    const { credential } = secretOf(node);
    sender.send(HELLO, 0, 0, Buffer.from(JSON.stringify({ ...hello, ...rest, credential })));
    await sender.next(CHALLENGE);
  } else if (state === 'streaming') {
    sender.hello();
    await sender.next(WELCOME);
    sender.send(DATA, 1, 0, before);
    await sender.acknowledged(1, before.length);
  }
}

/** What came of the frame that was sent: see {@link expected}. */
async function outcomeOf({ state, type }: Case, sender: RawSender): Promise<string> {
  const pongs = sender.heard.filter(({ type }) => type === PONG).length;
  sender.send(PING);
  // A wrong proof is answered after a delay; PING is not.
  const isDelayed = state === 'challenged' && type === PROOF;
  const isAnswered = () => sender.heard.filter((frame) => frame.type === PONG).length > pongs;
  const isDecided = () => sender.socket.closed || (!isDelayed && isAnswered());
  await until(isDecided, { ...SOON, what: 'an answer or the end' });
  const refused = sender.heard.find(({ type }) => type === REFUSED);
  if (refused !== undefined) return String(JSON.parse(refused.payload.toString('utf8')).code);
  return sender.socket.closed ? 'ends' : 'goes on';
}

t.test('every frame in every state is answered as the protocol says, and harms no copy', async (t) => {
  const root = join(t.testdir(), 'logs');
  const problems: unknown[] = [];
  const nothing = (): void => undefined;
  const events: IngestEvents = {
    ...{ connected: nothing, disconnected: nothing, progress: nothing, live: nothing, confirmed: nothing },
    ...{ sealFailed: nothing, volume: nothing, hung: nothing, limitReached: nothing },
    problem: (node, problem) => problems.push([node, problem]),
  };
  await using ingest = await startIngest({
    ...{ logsRoot: root, receiverId: 'receiver-1', version: '0.1.0', bootId: 'boot-r' },
    ...{ host: '127.0.0.1', port: 0, sleeptimeSeconds: 1, commitMs: 1, acknowledgeMs: 0 },
    ...{ helloTimeoutMs: 60_000, silenceMs: 60_000, numberOfNodes: 100_000, workers: 1, workerHeapMb: 256 },
    ...{ tls: undefined, gate: knownNodes(), limits: WIDE_LIMITS, events, log: createLogger('silent') },
  });
  const all = cases(segmentBytes('n0000', '0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b' as never, 1, 3).length);
  const wrong: string[] = [];
  const queue = all.entries();
  const work = async (): Promise<void> => {
    for (const [index, one] of queue) {
      const node = `n${String(index).padStart(4, '0')}`;
      using sender = await connectRawSender(ingest.port, node);
      const before = segmentBytes(node, sender.log, 1, 3);
      await reach(one.state, sender, node, before);
      sender.send(one.type, one.segment, one.offset, Buffer.alloc(one.bytes, 0x20));
      const outcome = await outcomeOf(one, sender);
      if (outcome !== expected(one, before.length)) wrong.push(`${JSON.stringify(one)}: ${outcome}`);
      if (one.state !== 'streaming') continue;
      const copy = readFileSync(join(root, `node-${node}.log`));
      if (!copy.subarray(0, before.length).equals(before))
        wrong.push(`${JSON.stringify(one)}: the copy has changed`);
      const aside = readdirSync(join(root, `node-${node}`)).filter((name) => name.endsWith('.aside'));
      if (aside.length > 0) wrong.push(`${JSON.stringify(one)}: set aside`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  t.same(wrong, [], `${all.length} cases`);
  t.same(problems, [], 'nothing is reported');
  t.ok(all.some(({ type }) => type === JOIN));
});
