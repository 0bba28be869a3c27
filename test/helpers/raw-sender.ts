import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { Proving } from '../../sender/uplink/proving.ts';
import { encodeSegmentHeader } from '../../shared/log/segment-header.ts';
import { type LogId, parseLogId } from '../../shared/names/log-id.ts';
import { type NodeName, parseNodeName } from '../../shared/names/node-name.ts';
import { createFrameDecoder } from '../../shared/protocol/decoder.ts';
import { encodeFrame } from '../../shared/protocol/encoder.ts';
import { FRAME_TYPES, type FrameType, PROTOCOL_VERSION } from '../../shared/protocol/protocol.ts';
import { secretOf } from './known-nodes.ts';
import { until } from './until.ts';

/** A frame that came from the receiver. */
export interface HeardFrame {
  readonly type: FrameType;
  readonly segment: number;
  readonly offset: number;
  readonly payload: Buffer;
}

/** A sender by hand: says exactly what a test wants said, right or wrong. */
export interface RawSender extends Disposable {
  readonly socket: Socket;
  readonly log: LogId;
  readonly heard: readonly HeardFrame[];
  /** Sends HELLO; what is given replaces the usual. The challenge that comes is answered at once. */
  hello(more?: object): void;
  send(type: FrameType, segment?: number, offset?: number, payload?: Uint8Array): void;
  /** Waits for the `nth` frame of a type (1 = the first). */
  next(type: FrameType, nth?: number): Promise<HeardFrame>;
  /** The JSON payload of the `nth` frame of a type. */
  nextJson(type: FrameType, nth?: number): Promise<{ readonly [key: string]: unknown }>;
  /** Waits for an acknowledgement of everything before a position. */
  acknowledged(segment: number, offset: number): Promise<void>;
  closed(): Promise<void>;
}

const TIMEOUT = { timeoutMs: 10_000 };

/** Connects to a receiver on loopback as `name`. */
export async function connectRawSender(port: number, name: string, log?: LogId): Promise<RawSender> {
  const id = log ?? parseLogId(randomUUID());
  if (id === undefined) throw new Error('a UUID is a log id');
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const heard: HeardFrame[] = [];
  const decoder = createFrameDecoder();
  const proving = new Proving(secretOf(name), undefined);
  socket.on('data', (chunk: Buffer) => {
    decoder.push(chunk, ({ type, segment, offset, payload }) => {
      heard.push({ type, segment, offset, payload: Buffer.from(payload) });
      const proof = type === FRAME_TYPES.CHALLENGE ? proving.prove(Buffer.from(payload)) : undefined;
      if (proof !== undefined) socket.write(proof);
    });
  });
  socket.on('error', () => undefined);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));

  async function next(type: FrameType, nth = 1): Promise<HeardFrame> {
    const what = () => `frame ${nth} of type ${type}; heard ${heard.map((frame) => frame.type).join(' ')}`;
    return await until(() => heard.filter((frame) => frame.type === type)[nth - 1], { ...TIMEOUT, what });
  }

  return {
    socket,
    log: id,
    heard,
    hello: (more = {}) => void socket.write(proving.hello({ ...usualHello(name, id), ...more })),
    send: (type, segment, offset, payload) => void socket.write(encodeFrame(type, segment, offset, payload)),
    next,
    nextJson: async (type, nth) => JSON.parse((await next(type, nth)).payload.toString('utf8')),
    async acknowledged(segment, offset) {
      const isThere = () =>
        heard.some(
          (frame) => frame.type === FRAME_TYPES.ACK && frame.segment === segment && frame.offset >= offset,
        );
      await until(isThere, { ...TIMEOUT, what: `ACK of segment ${segment}, offset ${offset}` });
    },
    closed: async () =>
      void (await until(() => socket.closed, { ...TIMEOUT, what: 'the end of the connection' })),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

function usualHello(node: string, log: LogId): object {
  const open = [{ segment: 1, bytes: 0, crc: 0 }];
  const who = {
    protocol: PROTOCOL_VERSION,
    node,
    log,
    host_name: `host-${node}`,
    boot_id: 'boot-1',
    version: '0.1.0',
  };
  return { ...who, sleeptime: 1, oldest: 1, open };
}

/** The bytes of a segment as a writer would have made it: the first line and some samples. */
export function segmentBytes(node: string, log: LogId, segment: number, samples: number): Buffer {
  const header = encodeSegmentHeader({
    log,
    node: parseNodeName(node) satisfies NodeName,
    segment,
    bootId: 'boot-1',
    atMs: Date.UTC(2026, 10, 20),
  });
  const lines = Array.from({ length: samples }, (_, index) => {
    const t = new Date(Date.UTC(2026, 10, 20, 0, 0, index + 1)).toISOString();
    return `${JSON.stringify({ t, segment_sample: `${segment}.${index}`, model: 'Xeon®' })}\n`;
  });
  return Buffer.from(header + lines.join(''));
}
