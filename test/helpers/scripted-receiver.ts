import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { ReceiverAddress } from '../../sender/uplink/connect.ts';
import type { ReceiverEnd } from '../../sender/uplink/resume.ts';
import { checkProof, verifierOf } from '../../shared/auth/auth.ts';
import { authMessageOf } from '../../shared/auth/auth-message.ts';
import { createFrameDecoder } from '../../shared/protocol/decoder.ts';
import { encodeFrame, encodeJsonFrame } from '../../shared/protocol/encoder.ts';
import { FRAME_TYPES, type FrameType, PROTOCOL_VERSION } from '../../shared/protocol/protocol.ts';
import { secretOf } from './known-nodes.ts';
import type { HeardFrame } from './raw-sender.ts';
import { type ReceivedLog, receivedLog } from './received-log.ts';
import { until } from './until.ts';

/** What a scripted receiver does by itself; everything else the test says. */
export interface ScriptedReceiverOptions {
  /** Answers HELLO with WELCOME at the end of its copy, or where HELLO's `oldest` says. */
  readonly isWelcoming?: boolean | undefined;
  /** Goes on behind a segment that HELLO says is lost, as far as `oldest` does not say so anyway. */
  readonly isSkippingLost?: boolean | undefined;
  /** Answers DATA and SEAL with ACK at once. */
  readonly isAcknowledging?: boolean | undefined;
  readonly port?: number | undefined;
}

/** One connection of a sender. */
export interface Call {
  readonly socket: Socket;
  /** All that came but the bytes of the log, which are in the receiver's copy. */
  readonly heard: readonly HeardFrame[];
  /** Bytes of the log that came in DATA. */
  readonly dataBytes: number;
  welcome(at: ReceiverEnd, more?: object): void;
  send(type: FrameType, segment?: number, offset?: number, payload?: Uint8Array): void;
  sendJson(type: FrameType, message: object): void;
  /** Waits for the `nth` frame of a type (1 = the first). */
  next(type: FrameType, nth?: number): Promise<HeardFrame>;
  /** The JSON payload of the `nth` frame of a type. */
  nextJson(type: FrameType, nth?: number): Promise<{ readonly [key: string]: unknown }>;
  /** Ends the connection in the middle of whatever is said. */
  cut(): void;
  /** Waits until everything that the sender has said so far has come: sends PING and waits for its PONG. */
  caughtUp(): Promise<void>;
  closed(): Promise<void>;
}

/** A receiver by hand, on loopback: says exactly what a test wants said, right or wrong. */
export interface ScriptedReceiver extends AsyncDisposable {
  readonly address: ReceiverAddress;
  readonly log: ReceivedLog;
  readonly calls: readonly Call[];
  /** Waits for the `nth` connection (1 = the first). */
  call(nth?: number): Promise<Call>;
  /** Waits until the copy goes up to a position. */
  holds(segment: number, offset: number): Promise<void>;
  /** Says of every chunk, by its length, how many bytes of it arrive; after fewer than all the connection is cut. */
  arriving: (bytes: number) => number;
}

const CHALLENGE = Buffer.from(JSON.stringify({ nonce: '0123456789abcdef0123456789abcdef' }));
const TIMEOUT = { timeoutMs: 10_000 };

/** Starts a scripted receiver. */
export async function startScriptedReceiver(
  options: ScriptedReceiverOptions = {},
): Promise<ScriptedReceiver> {
  const calls: Call[] = [];
  const log = receivedLog();
  const server = createServer({ noDelay: true }, (socket) => {
    const call = answer(socket, log, options, (bytes) => receiver.arriving(bytes));
    calls.push(call);
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a TCP server has a port');

  const receiver: ScriptedReceiver = {
    address: { host: '127.0.0.1', port: bound.port },
    log,
    calls,
    arriving: (bytes) => bytes,
    call: async (nth = 1) => await until(() => calls[nth - 1], { ...TIMEOUT, what: `connection ${nth}` }),
    async holds(segment, offset) {
      const isThere = () =>
        log.end.segment > segment || (log.end.segment === segment && log.end.offset >= offset);
      const what = () => `${segment}/${offset}; at ${JSON.stringify(log.end)}, ${log.faults.join('; ')}`;
      await until(isThere, { ...TIMEOUT, what });
    },
    async [Symbol.asyncDispose]() {
      for (const call of calls) call.socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

function answer(
  socket: Socket,
  log: ReceivedLog,
  options: ScriptedReceiverOptions,
  arriving: (bytes: number) => number,
): Call {
  const heard: HeardFrame[] = [];
  const decoder = createFrameDecoder();
  let dataBytes = 0;
  let opening: Buffer | undefined;
  let signature: string | undefined;
  /** What is to be said once the sender has proven itself. */
  const held: (() => Buffer)[] = [];

  function say(frame: Buffer): void {
    if (opening !== undefined && signature === undefined) held.push(() => frame);
    else socket.write(frame);
  }

  /** Answers HELLO as a receiver does that knows node 7, and PROOF by believing it. */
  function shakeHands(type: FrameType, payload: Buffer): void {
    if (type === FRAME_TYPES.HELLO && opening === undefined) {
      opening = Buffer.from(payload);
      socket.write(encodeFrame(FRAME_TYPES.CHALLENGE, 0, 0, CHALLENGE));
    } else if (type === FRAME_TYPES.PROOF && opening !== undefined) {
      const message = authMessageOf({ opening, challenge: CHALLENGE, certificate: undefined });
      const proven = checkProof(verifierOf(secretOf('7').secret), message, payload);
      if (proven === undefined) throw new Error('the sender could not prove itself');
      signature = proven.signature.toString('hex');
      for (const frame of held.splice(0)) socket.write(frame());
      if (options.isWelcoming !== true) return;
      skipLost(JSON.parse(opening.toString('utf8')));
      call.welcome(log.end);
    }
  }

  function skipLost({ oldest, lost = [] }: { oldest: number; lost?: readonly { segment: number }[] }): void {
    if (oldest > log.end.segment) log.skipTo(oldest);
    const isLost = lost.some(({ segment }) => segment === log.end.segment);
    if (isLost && options.isSkippingLost === true) log.skipTo(log.end.segment + 1);
  }

  function take({ type, segment, offset, payload }: HeardFrame): void {
    if (type === FRAME_TYPES.DATA) {
      dataBytes += payload.length;
      log.add(segment, offset, payload);
    } else {
      heard.push({ type, segment, offset, payload: Buffer.from(payload) });
      if (type === FRAME_TYPES.SEAL) log.seal(segment, offset, payload);
      shakeHands(type, payload);
    }
    const isLog = type === FRAME_TYPES.DATA || type === FRAME_TYPES.SEAL;
    if (isLog && options.isAcknowledging === true)
      call.send(FRAME_TYPES.ACK, log.end.segment, log.end.offset);
  }

  async function next(type: FrameType, nth = 1): Promise<HeardFrame> {
    const what = () => `frame ${nth} of type ${type}; heard ${heard.map((frame) => frame.type).join(' ')}`;
    return await until(() => heard.filter((frame) => frame.type === type)[nth - 1], { ...TIMEOUT, what });
  }

  const call: Call = {
    socket,
    heard,
    get dataBytes() {
      return dataBytes;
    },
    welcome(at, more = {}) {
      const frame = () => encodeJsonFrame(FRAME_TYPES.WELCOME, { ...usualWelcome(), signature, at, ...more });
      if (opening !== undefined && signature === undefined) held.push(frame);
      else socket.write(frame());
    },
    send: (type, segment, offset, payload) => say(encodeFrame(type, segment, offset, payload)),
    sendJson: (type, message) => say(encodeJsonFrame(type, message)),
    next,
    nextJson: async (type, nth) => JSON.parse((await next(type, nth)).payload.toString('utf8')),
    async caughtUp() {
      const pongs = heard.filter(({ type }) => type === FRAME_TYPES.PONG).length;
      call.send(FRAME_TYPES.PING);
      await next(FRAME_TYPES.PONG, pongs + 1);
    },
    cut: () => void socket.resetAndDestroy(),
    closed: async () =>
      void (await until(() => socket.closed, { ...TIMEOUT, what: 'the end of the connection' })),
  };
  socket.on('data', (chunk: Buffer) => {
    if (socket.destroyed) return;
    const arrived = chunk.subarray(0, arriving(chunk.length));
    const result = decoder.push(arrived, take);
    if (arrived.length < chunk.length) call.cut();
    if (result.kind === 'broken') throw new Error(`the sender sent no frame: ${result.reason}`);
  });
  // Connections that break are what some tests are about.
  socket.on('error', () => undefined);
  return call;
}

function usualWelcome(): object {
  const now = new Date(Date.UTC(2026, 10, 20)).toISOString();
  return { protocol: PROTOCOL_VERSION, receiver: 'receiver-1', version: '0.1.0', sleeptime: 1, now };
}
