import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import t, { type Test } from 'tap';
import { type LentSocket, ReadMemory } from '../../../receiver/ingest/read-memory.ts';
import { until } from '../../helpers/until.ts';

const KIB = 1024;

/** Two connections that come in and are read into one memory. */
async function connectTwo(t: Test) {
  const memory = new ReadMemory();
  const came: LentSocket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => came.push(memory.lend(socket)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on a port');
  const peers: Socket[] = [];
  for (let index = 0; index < 2; index++) {
    const peer = connect(address.port, '127.0.0.1');
    peer.on('error', () => undefined);
    peers.push(peer);
    await until(() => came.length === index + 1, { timeoutMs: 5000, what: 'the connection' });
  }
  t.teardown(() => {
    for (const socket of [...peers, ...came.map(({ socket }) => socket)]) socket.destroy();
    server.close();
  });
  const [a, b] = came;
  const [peerA, peerB] = peers;
  if (a === undefined || b === undefined || peerA === undefined || peerB === undefined)
    throw new Error('there are two of each');
  return { a, b, peerA, peerB };
}

t.test('all connections are read into the same memory', { skip: process.platform === 'win32' }, async (t) => {
  const { a, b, peerA, peerB } = await connectTwo(t);
  t.ok(a.isLent);
  const heard: { readonly text: string; readonly chunk: Buffer }[] = [];
  for (const { socket } of [a, b])
    socket.on('data', (chunk: Buffer) => heard.push({ text: chunk.toString(), chunk }));
  peerA.write('one');
  await until(() => heard.length === 1, { timeoutMs: 5000, what: 'the first' });
  peerB.write('two');
  await until(() => heard.length === 2, { timeoutMs: 5000, what: 'the second' });
  t.same(
    heard.map(({ text }) => text),
    ['one', 'two'],
  );
  t.equal(`${heard[0]?.chunk}`, 'two', 'the first has been overwritten');
});

t.test('a newcomer gets 64 KiB at a time, and more once it has proven who it is', async (t) => {
  const { a, peerA } = await connectTwo(t);
  let largest = 0;
  let bytes = 0;
  a.socket.on('data', (chunk: Buffer) => {
    largest = Math.max(largest, chunk.length);
    bytes += chunk.length;
  });
  peerA.write(Buffer.alloc(2048 * KIB));
  await until(() => bytes === 2048 * KIB, { timeoutMs: 5000, what: 'all of it' });
  t.equal(largest, 64 * KIB);
  a.widen();
  for (let sent = 2048 * KIB; largest === 64 * KIB && sent < 256 * 1024 * KIB; ) {
    peerA.write(Buffer.alloc(2048 * KIB));
    sent += 2048 * KIB;
    await until(() => bytes === sent, { timeoutMs: 5000, what: 'all of it' });
  }
  t.ok(largest > 64 * KIB, `${largest} bytes at once`);
});

t.test('pausing, ends and resets are those of any socket', async (t) => {
  const { a, b, peerA, peerB } = await connectTwo(t);
  let bytes = 0;
  a.socket.on('data', (chunk: Buffer) => {
    if (bytes === 0) a.socket.pause();
    bytes += chunk.length;
  });
  peerA.write('one');
  await until(() => bytes === 3, { timeoutMs: 5000, what: 'the first' });
  a.socket.write('heard');
  const [answer] = (await once(peerA, 'data')) as [Buffer];
  t.equal(`${answer}`, 'heard');
  peerA.end('two');
  let error: unknown;
  b.socket.on('error', (reset) => {
    error = reset;
  });
  b.socket.resume();
  peerB.resetAndDestroy();
  await until(() => b.socket.closed, { timeoutMs: 5000, what: 'the end of the other' });
  t.match(error, { code: 'ECONNRESET' });
  t.equal(bytes, 3, 'it is paused');
  const ended = once(a.socket, 'end');
  a.socket.resume();
  await ended;
  t.equal(bytes, 6);
});

t.test('a socket without a handle is used as it is', async (t) => {
  const socket = new Socket();
  const lent = new ReadMemory().lend(socket);
  t.equal(lent.socket, socket);
  t.notOk(lent.isLent);
  lent.widen();
  socket.destroy();
});
