import t from 'tap';
import { encodeFrame } from '../../../shared/protocol/encoder.ts';
import { FRAME_TYPES, type FrameType } from '../../../shared/protocol/protocol.ts';
import { startScriptedReceiver } from '../../helpers/scripted-receiver.ts';
import { until } from '../../helpers/until.ts';
import { uplinkNode } from '../../helpers/uplink-node.ts';

// Whatever a receiver says, in every state of a connection: the sender goes on or connects again, and never ends.

const { CHALLENGE, CONTROL, GOODBYE, HELLO, JOINED, PING, PONG, PROOF, REFUSED, WELCOME } = FRAME_TYPES;
const SOON = { timeoutMs: 10_000 };
const LINE = '{"t":"2026-11-20T22:00:00.000Z","cpu":{}}\n';

const PAYLOADS: readonly (string | Uint8Array)[] = [
  '',
  ' ',
  '{}',
  'null',
  new Uint8Array(32),
  '{"kind":"rename","node":"other"}',
  '{"kind":"interval","sleeptime":0}',
  '{"kind":"certificates","sha256":[]}',
  '{"kind":"digest","id":1,"segment":4294967295,"offset":0}',
  `{"code":"log","message":"begin another","retry_after_s":-1,"signature":"${'0'.repeat(64)}"}`,
  `{"code":"limit","message":"${'x'.repeat(2000)}","retry_after_s":"soon"}`,
  '{"nonce":"00000000000000000000000000000000"}',
];
const POSITIONS = [
  [0, 0],
  [1, 1],
  [2 ** 32 - 1, 2 ** 53 - 1],
] as const;
const JSON_TYPES: ReadonlySet<FrameType> = new Set([CHALLENGE, CONTROL, GOODBYE, JOINED, REFUSED, WELCOME]);
const STATES = ['connected', 'proven', 'welcomed'] as const;

/** Where the payload is JSON its words matter, elsewhere its length and the position. */
function variantsOf(
  type: FrameType,
): readonly (readonly [string | Uint8Array, (typeof POSITIONS)[number]])[] {
  if (JSON_TYPES.has(type)) return PAYLOADS.map((payload) => [payload, POSITIONS[0]]);
  return ['', ' '].flatMap((payload) => POSITIONS.map((position) => [payload, position] as const));
}

t.test('whatever a receiver says, the sender goes on and sends its log in the end', async (t) => {
  await using receiver = await startScriptedReceiver();
  await using node = await uplinkNode(t);
  node.writer.append(LINE, Date.UTC(2026, 10, 20));
  const renamed: string[] = [];
  const uplink = node.connect([receiver.address], { onRename: (name) => void renamed.push(name) });
  let connections = 0;
  for (const state of STATES) {
    for (const type of Object.values(FRAME_TYPES)) {
      for (const [payload, [segment, offset]] of variantsOf(type)) {
        connections += 1;
        await say(connections, state, type, segment, offset, Buffer.from(payload));
      }
    }
  }

  async function say(
    nth: number,
    state: (typeof STATES)[number],
    type: FrameType,
    segment: number,
    offset: number,
    payload: Buffer,
  ): Promise<void> {
    const call = await receiver.call(nth);
    await call.next(state === 'connected' ? HELLO : PROOF);
    if (state === 'welcomed') call.welcome({ segment: 1, offset: 0, crc: 0 });
    call.socket.write(encodeFrame(type, segment, offset, payload));
    const pongs = call.heard.filter((frame) => frame.type === PONG).length;
    call.socket.write(encodeFrame(PING));
    const isDecided = () =>
      call.socket.closed || call.heard.filter((frame) => frame.type === PONG).length > pongs;
    const what = () =>
      `what comes of ${state}, frame ${type}, ${payload.toString('latin1')}, ${segment}/${offset}`;
    await until(isDecided, { ...SOON, what });
    call.cut();
  }

  const last = await receiver.call(connections + 1);
  await last.next(PROOF);
  receiver.log.restart(1);
  last.welcome({ segment: 1, offset: 0, crc: 0 });
  const { segment, offset } = node.writer.end;
  await receiver.holds(segment, offset);
  t.same(receiver.log.contentOf(segment), await node.content(segment), `after ${connections} connections`);
  t.not(uplink.state().kind, 'stopped');
  t.equal(node.told.newLogs, 0, 'nobody but the receiver that signs makes it begin a new log');
  t.strictSame(renamed, ['other'], 'CONTROL is obeyed, but only after WELCOME');
});
