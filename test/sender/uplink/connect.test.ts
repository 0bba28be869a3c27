import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import { connectTo } from '../../../sender/uplink/connect.ts';
import { findFreePort } from '../../helpers/programs.ts';
import { startScriptedReceiver } from '../../helpers/scripted-receiver.ts';

const PLAIN = { certificates: undefined, timeoutMs: 5000 };

t.test('connectTo() connects, and leaves no listener behind', async (t) => {
  await using receiver = await startScriptedReceiver();
  const stop = new AbortController();
  const { socket } = await connectTo(receiver.address, PLAIN, stop.signal);
  t.equal(socket.remotePort, receiver.address.port);
  t.strictSame(getEventListeners(stop.signal, 'abort'), []);
  t.equal(socket.listenerCount('error'), 0, 'errors are the session’s from now on');
  socket.destroy();
});

t.test('connectTo() says what the system says', async (t) => {
  const address = { host: '127.0.0.1', port: await findFreePort() };
  const signal = new AbortController().signal;
  await t.rejects(connectTo(address, PLAIN, signal), { code: 'ECONNREFUSED' });
});

t.test('connectTo() gives up when it is aborted, before or meanwhile', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  const address = { host: '127.0.0.1', port: (server.address() as { port: number }).port };
  const reason = new Error('stopped');
  await t.rejects(connectTo(address, PLAIN, AbortSignal.abort(reason)), reason);
  const stop = new AbortController();
  const connecting = connectTo(address, PLAIN, stop.signal);
  stop.abort(reason);
  await t.rejects(connecting, reason);
  t.strictSame(getEventListeners(stop.signal, 'abort'), []);
});
