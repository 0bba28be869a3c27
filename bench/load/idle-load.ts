/**
 * The load of `bench:idle` and others: many connections, so many lines a second each, spread over the second.
 * `idle-load.ts PORT CONNECTIONS SECONDS [LINES] [tls]`; prints `{ sent, acknowledged }` in bytes at the end, and `ready` when all are connected.
 */

import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { fingerprintOf } from '../../receiver/identity/key-pair.ts';
import { Proving } from '../../sender/uplink/proving.ts';
import { encodeSegmentHeader } from '../../shared/log/segment-header.ts';
import { parseLogId } from '../../shared/names/log-id.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';
import { createFrameDecoder } from '../../shared/protocol/decoder.ts';
import { encodeFrame } from '../../shared/protocol/encoder.ts';
import { FRAME_TYPES } from '../../shared/protocol/protocol.ts';
import { secretOf } from '../../test/helpers/known-nodes.ts';
import { simulateNode } from '../../test/helpers/simulated-node.ts';

const [port, count, seconds, lines = 1] = process.argv.slice(2, 6).map(Number);
const isTls = process.argv[6] === 'tls';
const TICK_MS = 20;
/** A sample of an ordinary machine; only the time changes, which is enough work for the one process that plays all nodes. */
const rest = simulateNode(1)(Date.now()).slice('{"t":"2026-11-20T22:00:00.000Z"'.length);

function sampleNow(): Buffer {
  return Buffer.from(`{"t":"${new Date().toISOString()}"${rest}\n`);
}

interface Simulated {
  sent: number;
  acknowledged: number;
  send(bytes: Buffer): void;
}

/** Connects as node `index`; resolves after WELCOME, with the segment's first line sent. */
function connectNode(index: number): Promise<Simulated> {
  return new Promise((resolve, reject) => {
    const node = parseNodeName(`idle-${index}`);
    const log = parseLogId(randomUUID());
    if (log === undefined) throw new Error('a UUID is a log id');
    const where = { host: '127.0.0.1', port: port ?? 0 };
    const socket = isTls ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where);
    socket.setNoDelay(true);
    const simulated: Simulated = {
      sent: 0,
      acknowledged: 0,
      send(bytes) {
        socket.write(encodeFrame(FRAME_TYPES.DATA, 1, this.sent, bytes));
        this.sent += bytes.length;
      },
    };
    const decoder = createFrameDecoder();
    socket.on('data', (data: Buffer) => {
      decoder.push(data, (frame) => {
        if (frame.type === FRAME_TYPES.ACK) simulated.acknowledged = frame.offset;
        else if (frame.type === FRAME_TYPES.PING) socket.write(encodeFrame(FRAME_TYPES.PONG));
        else if (frame.type === FRAME_TYPES.CHALLENGE)
          socket.write(proving?.prove(Buffer.from(frame.payload)) ?? '');
        else if (frame.type === FRAME_TYPES.REFUSED) reject(new Error(frame.payload.toString()));
        else if (frame.type === FRAME_TYPES.WELCOME) {
          const header = { log, node, segment: 1, bootId: 'bench', atMs: Date.now() };
          simulated.send(Buffer.from(encodeSegmentHeader(header)));
          resolve(simulated);
        }
      });
    });
    socket.on('error', reject);
    const facts = { host_name: 'bench', boot_id: 'bench', version: '0.0.0', sleeptime: 1, oldest: 1 };
    const open = [{ segment: 1, bytes: 0, crc: 0 }];
    let proving: Proving | undefined;
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
      proving = new Proving(secretOf(node), shown && fingerprintOf(shown.raw));
      socket.write(proving.hello({ protocol: 1, node, log, ...facts, open }));
    });
  });
}

const nodes: Simulated[] = [];
for (let index = 0; index < (count ?? 0); index += 100) {
  const batch = Array.from({ length: Math.min(100, (count ?? 0) - index) }, (_, more) =>
    connectNode(index + more),
  );
  nodes.push(...(await Promise.all(batch)));
}
console.log('ready');
const began = performance.now();
let due = 0;
while (performance.now() - began < (seconds ?? 0) * 1000) {
  await delay(TICK_MS);
  const target = Math.floor(((performance.now() - began) / 1000) * nodes.length * lines);
  const line = sampleNow();
  for (; due < target; due++) nodes[due % nodes.length]?.send(line);
}
await delay(8000);
const sum = (key: 'sent' | 'acknowledged') => nodes.reduce((total, node) => total + node[key], 0);
console.log(JSON.stringify({ sent: sum('sent'), acknowledged: sum('acknowledged') }));
process.exit(0);
