/**
 * What 50 browsers cost that look at a fleet of 1000 nodes with a line a second each: processor time and memory of the receiver with and without
 * them, and how long the fleet's first answer takes.
 *
 *     npm run build && npm run bench:web -- [BROWSERS] [NODES] [SECONDS]
 */

import { setTimeout as delay } from 'node:timers/promises';
import { NODE_FLAGS } from '../receiver/node-flags.ts';
import type { ReceiverStatus } from '../receiver/status.ts';
import { PASSWORD, webClient } from '../test/helpers/web-client.ts';
import { askBuilt, endAll, preparePlace, simulateNodes, startBuilt } from './built-programs.ts';
import { cpuSeconds, memoryMib } from './program-use.ts';

const [browsers = 50, nodes = 1000, seconds = 15] = process.argv.slice(2).map(Number);
const PORT = 24_990;
const WARM_UP_SECONDS = 20;

using place = preparePlace('web', PORT, nodes, { transport: 'plain_on_encrypted_network' });
const receiver = await startBuilt(place, 'receiver', { flags: NODE_FLAGS });
const status = askBuilt(place, 'receiver', 'status', '--json');
const { web } = JSON.parse(status) as ReceiverStatus;
const client = webClient(web?.url ?? '');
await client.send('POST', '/api/setup', { token: web?.setup?.split('/').at(-1), password: PASSWORD });

const lasting = WARM_UP_SECONDS + 3 * seconds + 20;
const senders = await simulateNodes(place, { nodes, seconds: lasting });
await delay(WARM_UP_SECONDS * 1000);
await measure('nobody looks');

const times: number[] = [];
for (let run = 0; run < 10; run++) {
  const from = performance.now();
  const { text } = await client.ask('/api/fleet');
  times.push(performance.now() - from);
  if (run === 0) console.log(`GET /api/fleet: ${(Buffer.byteLength(text) / 1e6).toFixed(2)} MB`);
}
const sorted = times.toSorted((a, b) => a - b);
console.log(`GET /api/fleet: median ${sorted[5]?.toFixed(0)} ms, slowest ${sorted.at(-1)?.toFixed(0)} ms`);

let received = 0;
const stop = new AbortController();
for (let browser = 0; browser < browsers; browser++) {
  const response = await fetch(`${client.url}/api/events`, {
    headers: { cookie: client.cookie },
    signal: stop.signal,
  });
  void (async () => {
    for await (const chunk of response.body ?? []) received += (chunk as Uint8Array).length;
  })().catch(() => undefined);
}
await delay(2000);
received = 0;
await measure(`${browsers} browsers listen`);
console.log(`each got ${(received / browsers / seconds / 1000).toFixed(0)} kB/s`);
stop.abort();
senders.child.kill('SIGKILL');
await endAll([receiver]);

async function measure(what: string): Promise<void> {
  const pid = receiver.pid ?? 0;
  const before = cpuSeconds(pid);
  const from = performance.now();
  await delay(seconds * 1000);
  const share = ((cpuSeconds(pid) - before) / ((performance.now() - from) / 1000)) * 100;
  console.log(
    `${nodes} nodes, ${what}: ${share.toFixed(0)} % of a core, ${memoryMib(pid).rss.toFixed(0)} MiB`,
  );
}
