/**
 * What a sender costs: the built program with the flags that `install` gives it, connected to a receiver, a sample a second. Prints processor time
 * a sample and memory. The median second leaves out what the machine does beside it, and what comes every half minute.
 *
 *     npm run build && npm run bench:sender -- [--seconds 60]
 */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { NODE_FLAGS } from '../sender/node-flags.ts';
import { guardTest } from '../test/helpers/guard.ts';
import { allThreadsMs, mainThreadMs, memoryMib } from './program-use.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
const SECONDS = Number(values.seconds);

const directory = mkdtempSync(join(tmpdir(), 'fleetkeep-sender-'));
const config = join(directory, 'config.json');
const mirror = { allow_same_device: true };
writeFileSync(config, JSON.stringify({ port: 24_950, log_level: 'error', mirror, web: { port: 0 } }));

/** Runs a command of the receiver to its end; its standard output. */
function ask(...args: readonly string[]): string {
  const cli = join(import.meta.dirname, '../dist/receiver/cli.js');
  return execFileSync(process.execPath, [cli, ...args, '--config', config], { encoding: 'utf8' });
}

async function start(program: 'receiver' | 'sender', ...more: readonly string[]) {
  const cli = join(import.meta.dirname, `../dist/${program}/cli.js`);
  const flags = program === 'sender' ? NODE_FLAGS : [];
  guardTest();
  const child = spawn(process.execPath, [...flags, cli, 'start', ...more, '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface(child.stdout), 'line');
  return child;
}

const receiver = await start('receiver');
const { code } = JSON.parse(ask('join-code', '--json')) as { code: string };
const sender = await start('sender', '--join', code);
const pid = sender.pid ?? 0;
// The first inventory and the warm-up of the engine are not what a sample costs.
await delay(15_000);
const [before, began] = [allThreadsMs(pid), performance.now()];
const seconds: number[] = [];
for (let last = mainThreadMs(pid); seconds.length < SECONDS; ) {
  await delay(1000);
  const now = mainThreadMs(pid);
  seconds.push(now - last);
  last = now;
}
const median = seconds.toSorted((a, b) => a - b)[Math.floor(SECONDS / 2)] ?? 0;
const cpuMs = (allThreadsMs(pid) - before) / ((performance.now() - began) / 1000);
const { rss, private: own } = memoryMib(pid);
console.log(
  `${cpuMs.toFixed(2)} ms of CPU a sample, all of the sender counted, ${median.toFixed(2)} in the median second; RSS ${rss.toFixed(1)} MiB, of which private ${own.toFixed(1)}`,
);
for (const child of [sender, receiver]) {
  child.kill('SIGTERM');
  await once(child, 'exit');
}
rmSync(directory, { recursive: true, force: true });
