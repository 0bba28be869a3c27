/**
 * What it costs a node to be watched once a second: the sender beside the agents of others that are installed (Debian's
 * prometheus-node-exporter, collectd-core, netdata-core), each with its usual set of system metrics. Processor time of the agent with all processes
 * that it starts, and resident memory, over a minute, one after the other.
 *
 *     npm run build && npm run bench:agents -- [--seconds 60]
 *
 * node_exporter is asked over HTTP, as Prometheus does it. collectd writes CSV files. netdata keeps its database, with its web server and
 * machine learning turned off.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { NODE_FLAGS } from '../sender/node-flags.ts';
import { guardTest } from '../test/helpers/guard.ts';
import { askBuilt, endAll, preparePlace, startBuilt } from './built-programs.ts';
import { allThreadsMs, memoryMib } from './program-use.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
const SECONDS = Number(values.seconds);
const WARM_UP_MS = 15_000;
const PORT = 24_960;

/** An agent that runs. */
interface Agent {
  readonly pid: number;
  /** What makes it look, once a second, where it does not by itself. */
  readonly ask?: () => Promise<unknown>;
  end(): Promise<void>;
}

const AGENTS: Readonly<Record<string, () => Promise<Agent | undefined>>> = {
  'fleetkeep-sender': startSender,
  node_exporter: startNodeExporter,
  collectd: startCollectd,
  netdata: startNetdata,
};

async function startSender(): Promise<Agent> {
  const place = preparePlace('agents', PORT, 0);
  const receiver = await startBuilt(place, 'receiver');
  const { code } = JSON.parse(askBuilt(place, 'receiver', 'join-code', '--json')) as { code: string };
  const sender = await startBuilt(place, 'sender', { flags: NODE_FLAGS, args: ['--join', code] });
  return {
    pid: sender.pid ?? 0,
    async end() {
      await endAll([sender, receiver]);
      place[Symbol.dispose]();
    },
  };
}

async function startNodeExporter(): Promise<Agent | undefined> {
  const binary = find('prometheus-node-exporter');
  if (binary === undefined) return undefined;
  guardTest();
  const child = spawn(binary, [`--web.listen-address=127.0.0.1:${PORT}`, '--log.level=error'], {
    stdio: 'ignore',
  });
  const ask = async () => await (await fetch(`http://127.0.0.1:${PORT}/metrics`)).text();
  return { pid: child.pid ?? 0, ask, end: () => endAll([child]) };
}

async function startCollectd(): Promise<Agent | undefined> {
  const binary = find('collectd');
  if (binary === undefined) return undefined;
  const plugins = 'cpu memory load df disk interface swap processes uptime vmem csv'.split(' ');
  return startIn(binary, 'collectd', (directory) => {
    const config = join(directory, 'collectd.conf');
    const csv = `<Plugin csv>\n  DataDir "${directory}/csv"\n</Plugin>\n`;
    const loads = plugins.map((name) => `LoadPlugin ${name}\n`).join('');
    writeFileSync(
      config,
      `BaseDir "${directory}"\nPIDFile "${directory}/pid"\nTypesDB "/usr/share/collectd/types.db"\nInterval 1\n${loads}${csv}`,
    );
    return ['-f', '-C', config];
  });
}

async function startNetdata(): Promise<Agent | undefined> {
  const binary = find('netdata');
  if (binary === undefined) return undefined;
  return startIn(binary, 'netdata', (directory) => {
    const config = join(directory, 'netdata.conf');
    for (const name of ['cache', 'lib', 'log']) mkdirSync(join(directory, name));
    const directories = `cache = ${directory}/cache\n  lib = ${directory}/lib\n  log = ${directory}/log\n  config = ${directory}`;
    writeFileSync(
      config,
      `[directories]\n  ${directories}\n[web]\n  mode = none\n[ml]\n  enabled = no\n[global]\n  run as user = root\n`,
    );
    return ['-D', '-c', config];
  });
}

function startIn(binary: string, name: string, prepare: (directory: string) => string[]): Agent {
  const directory = mkdtempSync(join(tmpdir(), `fleetkeep-${name}-`));
  guardTest();
  const child: ChildProcess = spawn(binary, prepare(directory), { stdio: 'ignore' });
  return {
    pid: child.pid ?? 0,
    async end() {
      await endAll([child]);
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function find(name: string): string | undefined {
  try {
    const env = { PATH: `${process.env['PATH']}:/usr/sbin` };
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8', env }).trim();
  } catch {
    return undefined;
  }
}

/** A process and all that it started. */
function treeOf(pid: number): readonly number[] {
  const tree = [pid];
  for (const parent of tree) {
    for (const task of readdirSync(`/proc/${parent}/task`)) {
      const children = readFileSync(`/proc/${parent}/task/${task}/children`, 'utf8').trim();
      if (children !== '') tree.push(...children.split(' ').map(Number));
    }
  }
  return tree;
}

/** Processor time of a process and of its children that have ended, ms. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const [user = 0, system = 0] = fields.slice(13, 15).map(Number);
  return allThreadsMs(pid) + (user + system) * 10;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

async function watch(agent: Agent, forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    const nextMs = performance.now() + 1000;
    await agent.ask?.();
    await delay(Math.max(0, nextMs - performance.now()));
  }
}

for (const [name, start] of Object.entries(AGENTS)) {
  const agent = await start();
  if (agent === undefined) {
    console.log(`${name} is not installed: left out`);
    continue;
  }
  await delay(1500);
  await watch(agent, WARM_UP_MS);
  const before = sum(treeOf(agent.pid).map(cpuOf));
  await watch(agent, SECONDS * 1000);
  const tree = treeOf(agent.pid);
  const cpuMs = (sum(tree.map(cpuOf)) - before) / SECONDS;
  const memory = tree.map(memoryMib);
  const [rss, own] = [sum(memory.map((one) => one.rss)), sum(memory.map((one) => one.private))];
  console.log(
    `${name.padEnd(17)} ${cpuMs.toFixed(1)} ms of CPU a second, ${rss.toFixed(0)} MiB resident, ${own.toFixed(0)} private, ` +
      `${tree.length} process${tree.length === 1 ? '' : 'es'}`,
  );
  await agent.end();
}
