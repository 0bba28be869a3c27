/**
 * How fast lines get from sockets to the disk: 200 connections, 2 million lines of about 480 bytes, as fast as they go.
 * Fleetkeep's receiver (1 and 2 workers; acknowledged after fdatasync, a file a node) beside rsyslog and syslog-ng (no fsync, a
 * file a node too) when they are installed. Each run is a fresh server process; the load comes from one other process. All find memory
 * that has been used before, see `warm-memory.ts`; with --cold they find what the machine has.
 *
 *     npm run bench:ingest -- [--lines 2000000] [--connections 200] [--rounds 3] [--tls] [--cold]
 *
 * With --tls: ours with and without TLS 1.3 beside rsyslog with its own TLS (Debian's rsyslog-openssl).
 *
 * SYSLOG_NG names the syslog-ng binary when it is not on the PATH (Debian's packages of the two exclude each other;
 * `dpkg -x` unpacks one beside the other).
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { encodePair } from '../receiver/identity/key-pair.ts';
import { makeCertificate } from '../receiver/identity/make-certificate.ts';
import { guardTest } from '../test/helpers/guard.ts';
import { holdWarmMemory } from './warm-memory.ts';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '2000000' },
    connections: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '3' },
    tls: { type: 'boolean', default: false },
    cold: { type: 'boolean', default: false },
  },
});
const LINES = Number(values.lines);
const CONNECTIONS = Number(values.connections);
const ROUNDS = Number(values.rounds);
const certificate = makeCertificate({ hostNames: ['localhost'], nowMs: Date.now() });

interface Contender {
  readonly name: string;
  readonly protocol: 'frames' | 'lines';
  readonly isTls: boolean;
  /** Starts the server in `directory`; resolves with its process when it listens. */
  start(directory: string, port: number): Promise<ChildProcess>;
}

function fleetkeep(workers: number, isTls: boolean): Contender {
  return {
    name: `fleetkeep, ${workers} worker${workers === 1 ? '' : 's'}${isTls ? ', TLS' : ''}`,
    protocol: 'frames',
    isTls,
    async start(directory, port) {
      const args = [
        join(import.meta.dirname, 'load/ingest-server.ts'),
        directory,
        String(port),
        String(workers),
        ...(isTls ? [await writePair(directory)] : []),
      ];
      guardTest();
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      if (child.stdout !== null) await once(createInterface(child.stdout), 'line');
      return child;
    },
  };
}

function peer(
  name: string,
  binary: string,
  configuration: string,
  args: (path: string, directory: string) => string[],
): Contender {
  return {
    name,
    protocol: 'lines',
    isTls: configuration.includes('tls'),
    async start(directory, port) {
      const path = join(directory, configuration);
      await writePair(directory);
      const text = readFileSync(join(import.meta.dirname, 'peers', configuration), 'utf8');
      writeFileSync(path, text.replaceAll('DIRECTORY', directory).replaceAll('PORT', String(port)));
      guardTest();
      const child = spawn(binary, args(path, directory), { stdio: ['ignore', 'ignore', 'inherit'] });
      await delay(1500);
      return child;
    },
  };
}

/** A key and a certificate, in one file and, for peers, in two. Returns the one. */
async function writePair(directory: string): Promise<string> {
  const pair = await certificate;
  writeFileSync(join(directory, 'key.pem'), pair.key);
  writeFileSync(join(directory, 'certificate.pem'), pair.certificate);
  writeFileSync(join(directory, 'pair.pem'), encodePair(pair));
  return join(directory, 'pair.pem');
}

/** Finds a program that may not be installed. */
function find(name: string, given?: string): string | undefined {
  if (given !== undefined) return given;
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], {
      encoding: 'utf8',
      env: { PATH: `${process.env['PATH']}:/usr/sbin` },
    }).trim();
  } catch {
    return undefined;
  }
}

function contenders(): Contender[] {
  const rsyslogd = find('rsyslogd');
  const syslogNg = find('syslog-ng', process.env['SYSLOG_NG']);
  const modules = process.env['SYSLOG_NG_MODULES'];
  const rsyslogArgs = (path: string, dir: string): string[] => ['-n', '-f', path, '-i', join(dir, 'pid')];
  if (values.tls) {
    const ours = [fleetkeep(2, false), fleetkeep(1, true), fleetkeep(2, true)];
    if (rsyslogd === undefined) return ours;
    return [...ours, peer('rsyslog, TLS', rsyslogd, 'rsyslog-tls.conf', rsyslogArgs)];
  }
  const found = [fleetkeep(1, false), fleetkeep(2, false)];
  if (rsyslogd === undefined) console.log('rsyslog is not installed: left out');
  else found.push(peer('rsyslog', rsyslogd, 'rsyslog.conf', rsyslogArgs));
  if (syslogNg === undefined) console.log('syslog-ng is not installed: left out');
  else {
    const more = modules === undefined ? [] : [`--module-path=${modules}`];
    const args = (path: string, dir: string) => [
      '-F',
      '-f',
      path,
      '-R',
      join(dir, 'persist'),
      '-p',
      join(dir, 'pid'),
      '-c',
      join(dir, 'ctl'),
      '--no-caps',
      ...more,
    ];
    found.push(peer('syslog-ng', syslogNg, 'syslog-ng.conf', args));
  }
  return found;
}

interface Result {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** One run: server, load, and the wait until everything is acknowledged (ours) or has reached the file (theirs). */
async function run(contender: Contender, port: number): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetkeep-bench-'));
  using warm = values.cold ? undefined : holdWarmMemory();
  if (warm === undefined && !values.cold) console.log('not enough memory to hold warm: this run is cold');
  const server = await contender.start(directory, port);
  try {
    const load = join(import.meta.dirname, 'load/ingest-load.ts');
    const args = [load, contender.protocol, String(port), String(CONNECTIONS), String(LINES)];
    if (contender.isTls) args.push('tls');
    guardTest();
    const client = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const { bytes, seconds } = await readResult(client);
    const began = performance.now();
    const limit = began + 60_000;
    while (contender.protocol === 'lines' && storedBytes(directory) < bytes && performance.now() < limit)
      await delay(5);
    if (contender.protocol === 'lines' && storedBytes(directory) < bytes)
      throw new Error(`${contender.name} lost lines`);
    return { seconds: seconds + (performance.now() - began) / 1000, cpuSeconds: cpuSeconds(server) };
  } finally {
    server.kill('SIGTERM');
    const killer = setTimeout(() => server.kill('SIGKILL'), 5000);
    if (server.exitCode === null) await once(server, 'exit');
    clearTimeout(killer);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function readResult(client: ChildProcess): Promise<{ bytes: number; seconds: number }> {
  if (client.stdout === null) throw new Error('the load has no output');
  let text = '';
  for await (const piece of client.stdout.setEncoding('utf8')) text += piece;
  return JSON.parse(text) as { bytes: number; seconds: number };
}

function storedBytes(directory: string): number {
  const logs = readdirSync(directory).filter((name) => name.endsWith('.log'));
  return logs.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
}

/** User and system time of a process so far, from /proc (clock ticks of 10 ms). */
function cpuSeconds(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

const found = contenders();
const results = new Map<string, Result[]>(found.map(({ name }) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, contender] of found.entries()) {
    const result = await run(contender, 24_280 + round * 10 + index);
    results.get(contender.name)?.push(result);
    const rate = LINES / result.seconds / 1e6;
    console.log(
      `round ${round + 1}  ${contender.name.padEnd(25)} ${rate.toFixed(2)} million lines/s  ${result.cpuSeconds.toFixed(1)} s CPU`,
    );
  }
}
const medians = new Map(
  [...results].map(([name, runs]) => [
    name,
    {
      rate: LINES / median(runs.map(({ seconds }) => seconds)),
      cpu: (median(runs.map(({ cpuSeconds }) => cpuSeconds)) / LINES) * 1e6,
    },
  ]),
);
const bestPeer = Math.max(
  ...found.filter(({ protocol }) => protocol === 'lines').map(({ name }) => medians.get(name)?.rate ?? 0),
);
console.log('\nmedian');
for (const [name, { rate, cpu }] of medians) {
  const ratio = bestPeer > 0 ? `  ${(rate / bestPeer).toFixed(2)} x the better peer` : '';
  console.log(
    `${name.padEnd(25)} ${(rate / 1e6).toFixed(2)} million lines/s  ${cpu.toFixed(2)} s CPU a million lines${ratio}`,
  );
}
