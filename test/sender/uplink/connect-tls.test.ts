import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import t, { type Test } from 'tap';
import type { KeyPair } from '../../../receiver/identity/key-pair.ts';
import { makeCertificate } from '../../../receiver/identity/make-certificate.ts';
import { connectTo, type ReceiverAddress } from '../../../sender/uplink/connect.ts';
import { until } from '../../helpers/until.ts';

const NOW_MS = Date.UTC(2026, 10, 21);
const signal = new AbortController().signal;

interface Server {
  readonly address: ReceiverAddress;
  readonly sockets: readonly Socket[];
  /** Bytes that came after the handshake. */
  readonly heard: () => number;
}

async function serve(t: Test, { key, certificate }: KeyPair, more: TlsOptions = {}): Promise<Server> {
  const sockets: Socket[] = [];
  let heard = 0;
  const server = createServer({ key, cert: certificate, ...more }, (socket) => {
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.length;
    });
    socket.on('error', () => undefined);
  });
  server.on('connection', (socket) => sockets.push(socket));
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { address: { host: '127.0.0.1', port }, sockets, heard: () => heard };
}

t.test(
  'the receiver whose certificate is known is connected to, whatever names and dates are in it',
  async (t) => {
    const past = await makeCertificate({ hostNames: ['elsewhere.example'], nowMs: Date.UTC(2001, 0, 1) });
    const server = await serve(t, past);
    const how = { certificates: ['00'.repeat(32), past.sha256], timeoutMs: 5000 };
    const { socket, certificate } = await connectTo(server.address, how, signal);
    t.equal(certificate, past.sha256);
    t.match(socket, { encrypted: true });
    t.equal((socket as Socket & { getProtocol(): string }).getProtocol(), 'TLSv1.3');
    socket.destroy();
  },
);

t.test(
  'nothing is said to one with another certificate, and the reason tells both and what to do',
  async (t) => {
    const pair = await makeCertificate({ hostNames: [], nowMs: NOW_MS });
    const server = await serve(t, pair);
    const how = { certificates: ['ab'.repeat(32)], timeoutMs: 5000 };
    await t.rejects(connectTo(server.address, how, signal), {
      message: new RegExp(
        `shows certificate ${pair.sha256.slice(0, 16)}…, not abababababababab….*join-code`,
        's',
      ),
    });
    await until(() => server.sockets.every(({ destroyed }) => destroyed), {
      timeoutMs: 5000,
      what: 'the end of the connection',
    });
    t.equal(server.heard(), 0);
  },
);

t.test('a server that speaks nothing newer than TLS 1.2, or no TLS at all, is none', async (t) => {
  const pair = await makeCertificate({ hostNames: [], nowMs: NOW_MS });
  const old = await serve(t, pair, { maxVersion: 'TLSv1.2' });
  const how = { certificates: [pair.sha256], timeoutMs: 5000 };
  await t.rejects(connectTo(old.address, how, signal), { code: /^ERR_SSL_/ });
});
