import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { EventHub } from '../../../receiver/web/event-hub.ts';
import { until } from '../../helpers/until.ts';

async function serve(hub: EventHub, isWelcome: () => boolean) {
  const server = createServer((_request, response) => {
    if (!hub.open(response, isWelcome)) response.writeHead(503).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, [Symbol.dispose]: () => void server.close().closeAllConnections() };
}

t.test('all who listen are told the same; text with line breaks stays one event', async (t) => {
  using hub = new EventHub();
  using server = await serve(hub, () => true);
  const streams = await Promise.all([fetch(server.url), fetch(server.url)]);
  hub.send('fleet', { nodes: ['<b>\n\ndata: {}'] });
  hub[Symbol.dispose]();
  for (const stream of streams) {
    t.equal(
      await stream.text(),
      'event: ping\ndata: {}\n\nevent: fleet\ndata: {"nodes":["<b>\\n\\ndata: {}"]}\n\n',
    );
  }
});

t.test(
  'web invariant 1: the stream of somebody who is signed in no more ends with the next sign of life',
  async (t) => {
    using hub = new EventHub();
    let isSignedIn = true;
    using server = await serve(hub, () => isSignedIn);
    const stream = await fetch(server.url);
    hub.ping();
    isSignedIn = false;
    hub.ping();
    hub.send('fleet', { nodes: ['secret'] });
    t.equal(await stream.text(), 'event: ping\ndata: {}\n\n'.repeat(2));
    await until(() => hub.size === 0, { timeoutMs: 5_000, what: 'the stream to end' });
  },
);

t.test('web invariant 4: there is room for two hundred streams, and again when one has ended', async (t) => {
  using hub = new EventHub();
  using server = await serve(hub, () => true);
  const first = new AbortController();
  await fetch(server.url, { signal: first.signal });
  await Promise.all(Array.from({ length: 199 }, () => fetch(server.url)));
  t.equal((await fetch(server.url)).status, 503);
  first.abort();
  await until(() => hub.size < 200, { timeoutMs: 5_000, what: 'room' });
  t.equal((await fetch(server.url)).status, 200);
});
