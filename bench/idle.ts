/**
 * What a receiver costs while nothing much happens: 1000 and 5000 connected senders with a line a second each, simulated by one
 * process. Prints processor time and memory of the receiver over the measured seconds.
 *
 *     npm run build && npm run bench:idle -- [--seconds 30] [--nodes 1000,5000] [--no-history] [--tls]
 *
 * Measures the built program, which is what a package installs (`dist/`), with the flags that `install` gives it.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { NODE_FLAGS } from '../receiver/node-flags.ts';
import { endAll, preparePlace, simulateNodes, startBuilt } from './built-programs.ts';
import { cpuSeconds, memoryMib } from './program-use.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    nodes: { type: 'string', default: '1000,5000' },
    'no-history': { type: 'boolean', default: false },
    tls: { type: 'boolean', default: false },
  },
});
const SECONDS = Number(values.seconds);
const PORT = 24_900;

for (const nodes of values.nodes.split(',').map(Number)) {
  using place = preparePlace('idle', PORT, nodes, {
    transport: values.tls ? 'tls' : 'plain_on_encrypted_network',
    history: { enabled: !values['no-history'] },
  });
  const receiver = await startBuilt(place, 'receiver', { flags: NODE_FLAGS });
  const simulated = await simulateNodes(place, { nodes, seconds: SECONDS + 10, isTls: values.tls });
  await delay(5000);
  const pid = receiver.pid ?? 0;
  const before = cpuSeconds(pid);
  const began = performance.now();
  await delay(SECONDS * 1000);
  const cpu = (cpuSeconds(pid) - before) / ((performance.now() - began) / 1000);
  const memory = memoryMib(pid);
  const { sent, acknowledged } = await simulated.result;
  console.log(
    `${nodes} nodes: ${(cpu * 100).toFixed(0)} % of a core, RSS ${memory.rss.toFixed(0)} MiB (private ${memory.private.toFixed(0)}), ` +
      `acknowledged ${((acknowledged / sent) * 100).toFixed(1)} % of ${(sent / 1e6).toFixed(1)} MB`,
  );
  await endAll([receiver]);
}
