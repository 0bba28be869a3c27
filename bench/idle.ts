/**
 * What a receiver costs while nothing much happens: 1000 and 5000 connected senders with a line a second each, simulated by one
 * process. Prints processor time and memory of the receiver over the measured seconds.
 *
 *     npm run build && npm run bench:idle -- [--seconds 30] [--nodes 1000,5000] [--no-history]
 *
 * Measures the built program, which is what a package installs (`dist/`), with the flags that `install` gives it.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { NODE_FLAGS } from '../receiver/node-flags.ts';
import { enrol } from '../test/helpers/known-nodes.ts';
import { cpuSeconds, memoryMib } from './program-use.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    nodes: { type: 'string', default: '1000,5000' },
    'no-history': { type: 'boolean', default: false },
  },
});
const SECONDS = Number(values.seconds);
const PORT = 24_900;

for (const nodes of values.nodes.split(',').map(Number)) {
  const directory = mkdtempSync(join(tmpdir(), 'fleetkeep-idle-'));
  const config = join(directory, 'config.json');
  const data = join(directory, 'data/receiver');
  mkdirSync(data, { recursive: true });
  enrol(
    data,
    Array.from({ length: nodes }, (_, index) => `idle-${index}`),
  );
  const mirror = { allow_same_device: true };
  const transport = 'plain_on_encrypted_network';
  // All of them come from one address, and at once.
  const settings = { limits: { newcomers: 10_000, newcomers_per_address: 10_000 } };
  writeFileSync(
    config,
    JSON.stringify({
      transport,
      receiver: settings,
      port: PORT,
      number_of_nodes: 10_000,
      log_level: 'error',
      mirror,
      web: { port: 0 },
      history: { enabled: !values['no-history'] },
    }),
  );
  const cli = join(import.meta.dirname, '../dist/receiver/cli.js');
  const receiver = spawn(process.execPath, [...NODE_FLAGS, cli, 'start', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface(receiver.stdout), 'line');
  const load = join(import.meta.dirname, 'load/idle-load.ts');
  const args = [load, String(PORT), String(nodes), String(SECONDS + 10)];
  const client = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(client.stdout)[Symbol.asyncIterator]();
  await lines.next();
  await delay(5000);
  const pid = receiver.pid ?? 0;
  const before = cpuSeconds(pid);
  const began = performance.now();
  await delay(SECONDS * 1000);
  const cpu = (cpuSeconds(pid) - before) / ((performance.now() - began) / 1000);
  const memory = memoryMib(pid);
  const { value } = await lines.next();
  const { sent, acknowledged } = JSON.parse(String(value)) as { sent: number; acknowledged: number };
  console.log(
    `${nodes} nodes: ${(cpu * 100).toFixed(0)} % of a core, RSS ${memory.rss.toFixed(0)} MiB (private ${memory.private.toFixed(0)}), ` +
      `acknowledged ${((acknowledged / sent) * 100).toFixed(1)} % of ${(sent / 1e6).toFixed(1)} MB`,
  );
  receiver.kill('SIGTERM');
  await once(receiver, 'exit');
  rmSync(directory, { recursive: true, force: true });
}
