import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { clientKeyOf, isSignedBy, nodeSecretOf, proofOf } from '../../shared/auth/auth.ts';
import { authMessageOf } from '../../shared/auth/auth-message.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { createFrameDecoder, type Frame } from '../../shared/protocol/decoder.ts';
import { encodeFrame } from '../../shared/protocol/encoder.ts';
import {
  type Joined,
  parseChallenge,
  parseJoined,
  parseRefused,
  type Refused,
} from '../../shared/protocol/messages.ts';
import { FRAME_TYPES, PROTOCOL_VERSION } from '../../shared/protocol/protocol.ts';
import type { Connection } from '../uplink/connect.ts';
import type { NodeSecret } from '../uplink/proving.ts';

/** What a machine says of itself when it asks to become a node. */
export interface JoinFacts {
  /** The name that it would like. */
  readonly node: NodeName;
  /** A UUID that it made for itself before it first asked. */
  readonly installation: string;
  /** Of the log that it has kept so far; undefined when it has none. */
  readonly log: LogId | undefined;
  /** What it is a node with already; by that it stays the same node. */
  readonly own: NodeSecret | undefined;
  readonly hostName: string;
  readonly version: string;
}

/** What came of it. */
export type JoinOutcome =
  | { readonly kind: 'joined'; readonly joined: Joined; readonly secret: Uint8Array }
  | { readonly kind: 'refused'; readonly refusal: Refused };

/** How long the receiver may take for each answer, ms. */
const ANSWER_MS = 10_000;
const NONCE_BYTES = 16;

/**
 * Asks a receiver to take this machine in: JOIN, CHALLENGE, PROOF, JOINED.
 *
 * @throws Error when the connection ends, nothing comes in time, or the receiver does not prove that the code is its own
 */
export async function exchangeJoin(
  { socket, certificate }: Connection,
  code: { readonly id: string; readonly secret: Uint8Array },
  facts: JoinFacts,
): Promise<JoinOutcome> {
  const frames = readFrames(socket);
  const opening = Buffer.from(
    JSON.stringify({
      protocol: PROTOCOL_VERSION,
      code: code.id,
      nonce: randomBytes(NONCE_BYTES).toString('hex'),
      installation: facts.installation,
      node: facts.node,
      ...(facts.log === undefined ? {} : { log: facts.log }),
      ...(facts.own === undefined ? {} : { credential: facts.own.credential }),
      host_name: facts.hostName,
      version: facts.version,
    }),
  );
  socket.write(encodeFrame(FRAME_TYPES.JOIN, 0, 0, opening));
  const challenge = await frames.next();
  if (challenge.type === FRAME_TYPES.REFUSED) return refusedBy(challenge.payload);
  const asked = parseChallenge(challenge.payload);
  if (challenge.type !== FRAME_TYPES.CHALLENGE || asked.kind === 'invalid')
    throw new Error('the receiver did not answer JOIN with a challenge');
  const message = authMessageOf({ opening, challenge: challenge.payload, certificate });
  // An earlier receiver asks for no second proof, and would not understand one.
  const secrets =
    facts.own !== undefined && asked.message.rejoin === 1 ? [code.secret, facts.own.secret] : [code.secret];
  const proof = Buffer.concat(secrets.map((secret) => proofOf(secret, message)));
  socket.write(encodeFrame(FRAME_TYPES.PROOF, 0, 0, proof));
  const answer = await frames.next();
  if (answer.type === FRAME_TYPES.REFUSED) return refusedBy(answer.payload);
  const parsed = parseJoined(answer.payload);
  if (answer.type !== FRAME_TYPES.JOINED || parsed.kind === 'invalid')
    throw new Error('the receiver did not answer the proof');
  if (!isSignedBy(code.secret, message, Buffer.from(parsed.message.signature, 'hex')))
    throw new Error('the receiver could not prove that it made the join code');
  return { kind: 'joined', joined: parsed.message, secret: nodeSecretOf(clientKeyOf(code.secret), message) };
}

function refusedBy(payload: Uint8Array): JoinOutcome {
  const parsed = parseRefused(payload);
  if (parsed.kind === 'ok') return { kind: 'refused', refusal: parsed.message };
  throw new Error(parsed.reason);
}

interface Frames {
  next(): Promise<Pick<Frame, 'type' | 'payload'>>;
}

function readFrames(socket: Socket): Frames {
  const decoder = createFrameDecoder();
  const come: Pick<Frame, 'type' | 'payload'>[] = [];
  let failure: Error | undefined;
  let wake: () => void = () => undefined;

  function fail(error: Error): void {
    failure ??= error;
    wake();
  }

  socket.on('data', (chunk: Buffer) => {
    const result = decoder.push(chunk, ({ type, payload }) =>
      come.push({ type, payload: Buffer.from(payload) }),
    );
    if (result.kind === 'broken') fail(new Error(`what answers there is no receiver: ${result.reason}`));
    wake();
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the receiver closed the connection')));

  return {
    async next() {
      const timer = setTimeout(() => fail(new Error('the receiver did not answer in time')), ANSWER_MS);
      try {
        for (;;) {
          const frame = come.shift();
          if (frame !== undefined) return frame;
          if (failure !== undefined) throw failure;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
