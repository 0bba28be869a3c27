/**
 * The load of `bench:ingest`: many connections, each sending its share of lines as fast as the server takes them. Prints
 * `{ bytes, seconds }` as JSON: from the first line to the last acknowledgement (frames) or to the last byte handed over (lines). The
 * connections are ready before, with all that this takes: the handshake of TLS, and WELCOME.
 */

import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { fingerprintOf } from '../../receiver/identity/key-pair.ts';
import { Proving } from '../../sender/uplink/proving.ts';
import { encodeSegmentHeader } from '../../shared/log/segment-header.ts';
import { parseLogId } from '../../shared/names/log-id.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';
import { createFrameDecoder } from '../../shared/protocol/decoder.ts';
import { encodeHeader } from '../../shared/protocol/encoder.ts';
import { FRAME_TYPES, WINDOW_BYTES } from '../../shared/protocol/protocol.ts';
import { secretOf } from '../../test/helpers/known-nodes.ts';

const [protocol, port, connections, lines, transport] = process.argv.slice(2);
const LINES_EACH = Math.floor(Number(lines) / Number(connections));
const LINES_A_CHUNK = 136;

/** A chunk of lines as a sender would read it from its log: about 64 KiB. */
const jsonLine = Buffer.from(`{"t":"2026-11-20T22:00:00.000Z","pad":"${'x'.repeat(440)}"}\n`);
const jsonChunk = repeat(jsonLine, LINES_A_CHUNK);

function repeat(line: Buffer, count: number): Buffer {
  return Buffer.alloc(count * line.length, line);
}

/** Begins to send on a connection that is ready for it; resolves with the bytes of the lines when all is over. */
type Begin = () => Promise<number>;

/** Sends `LINES_EACH` lines, each with the syslog header (RFC 3164) that names the node; resolves when all are handed over. */
function sendLines(socket: Socket, index: number): Promise<number> {
  const line = Buffer.concat([Buffer.from(`<13>Nov 20 22:00:00 bench-${index} fleetkeep: `), jsonLine]);
  const chunk = repeat(line, LINES_A_CHUNK);
  return new Promise((resolve, reject) => {
    let left = LINES_EACH;
    const more = (): void => {
      while (left > 0) {
        const count = Math.min(left, LINES_A_CHUNK);
        left -= count;
        if (!socket.write(chunk.subarray(0, count * line.length))) break;
      }
      if (left > 0) socket.once('drain', more);
      else socket.end();
    };
    // Of TLS much is still on its way when the last write is done; the peer closes when it has read everything.
    const over = socket instanceof TLSSocket ? 'close' : 'finish';
    socket.once(over, () => resolve(LINES_EACH * jsonLine.length));
    socket.resume();
    socket.on('error', reject);
    more();
  });
}

/** Lines need no more than the connection. */
async function openLines(socket: Socket, index: number): Promise<Begin> {
  return () => sendLines(socket, index);
}

/** SHA-256 of the certificate that a server shows, hex; undefined without TLS. */
function certificateOf(socket: Socket): string | undefined {
  const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return shown && fingerprintOf(shown.raw);
}

const headers = new Map<string, Buffer>();

/**
 * The header of a frame of {@link jsonChunk}, made once for each offset: the CRC-32 of every frame would be a load that the peers'
 * lines do not have.
 */
function headerOf(offset: number, payload: Buffer): Buffer {
  const key = `${offset} ${payload.length}`;
  const header = headers.get(key) ?? encodeHeader(FRAME_TYPES.DATA, 1, offset, payload);
  headers.set(key, header);
  return header;
}

/** The same over the protocol: ready with WELCOME, then DATA within the window, until everything is acknowledged. */
function openFrames(socket: Socket, index: number): Promise<Begin> {
  return new Promise((resolve, reject) => {
    const over = Promise.withResolvers<number>();
    const node = parseNodeName(`bench-${index}`);
    const log = parseLogId(randomUUID());
    if (log === undefined) throw new Error('a UUID is a log id');
    const header = Buffer.from(
      encodeSegmentHeader({ log, node, segment: 1, bootId: 'bench', atMs: Date.now() }),
    );
    const total = header.length + LINES_EACH * jsonLine.length;
    let sent = 0;
    let acknowledged = 0;
    let left = LINES_EACH;
    let isBegun = false;

    function send(head: Buffer, payload: Buffer): void {
      socket.cork();
      socket.write(head);
      socket.write(payload);
      socket.uncork();
      sent += payload.length;
    }
    function more(): void {
      while (isBegun && left > 0 && sent - acknowledged < WINDOW_BYTES && !socket.writableNeedDrain) {
        const count = Math.min(left, LINES_A_CHUNK);
        left -= count;
        const payload = jsonChunk.subarray(0, count * jsonLine.length);
        send(headerOf(sent, payload), payload);
      }
    }

    function begin(): Promise<number> {
      isBegun = true;
      send(encodeHeader(FRAME_TYPES.DATA, 1, 0, header), header);
      more();
      return over.promise;
    }

    function fail(error: Error): void {
      reject(error);
      over.reject(error);
    }

    const decoder = createFrameDecoder();
    socket.on('data', (data: Buffer) => {
      decoder.push(data, (frame) => {
        if (frame.type === FRAME_TYPES.CHALLENGE) {
          socket.write(proving.prove(Buffer.from(frame.payload)) ?? '');
        } else if (frame.type === FRAME_TYPES.WELCOME) {
          resolve(begin);
        } else if (frame.type === FRAME_TYPES.ACK) {
          acknowledged = frame.offset;
        } else if (frame.type === FRAME_TYPES.REFUSED) {
          fail(new Error(frame.payload.toString()));
        }
      });
      if (acknowledged === total) socket.end(() => over.resolve(total));
      else more();
    });
    socket.on('drain', more);
    socket.on('error', fail);
    const hello = {
      protocol: 1,
      node,
      log,
      host_name: 'bench',
      boot_id: 'bench',
      version: '0.0.0',
      sleeptime: 1,
      oldest: 1,
    };
    const open = [{ segment: 1, bytes: total, crc: 0 }];
    const proving = new Proving(secretOf(node), certificateOf(socket));
    socket.write(proving.hello({ ...hello, open }));
  });
}

const sockets = await Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    const where = { host: '127.0.0.1', port: Number(port) };
    const isTls = transport === 'tls';
    const socket = isTls ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where);
    socket.setNoDelay(true);
    const ready = isTls ? 'secureConnect' : 'connect';
    await new Promise((resolve, reject) => socket.once(ready, resolve as () => void).once('error', reject));
    return socket;
  }),
);
const open = protocol === 'frames' ? openFrames : openLines;
const ready = await Promise.all(sockets.map(open));
const began = performance.now();
const bytes = await Promise.all(ready.map((begin) => begin()));
const seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify({ bytes: bytes.reduce((sum, count) => sum + count, 0), seconds }));
process.exit(0);
