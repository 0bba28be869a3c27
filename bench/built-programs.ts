import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { guardTest } from '../test/helpers/guard.ts';
import { enrol } from '../test/helpers/known-nodes.ts';

// The built programs (`dist/`), which are what a package installs, as processes of their own in a directory of their own.

/** Which program. */
export type ProgramName = 'receiver' | 'sender';

/** Where a benchmark runs programs. Disposing deletes it. */
export interface BenchPlace extends Disposable {
  readonly directory: string;
  readonly configPath: string;
  readonly port: number;
}

/** How a program is started. */
export interface StartOptions {
  /** Of Node, before the program's file. */
  readonly flags?: readonly string[];
  /** Of `start`. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Prepares a place whose receiver knows `nodes` simulated nodes and lets them in all at once. @param more laid over its config.json */
export function preparePlace(name: string, port: number, nodes: number, more: object = {}): BenchPlace {
  const directory = mkdtempSync(join(tmpdir(), `fleetkeep-${name}-`));
  const data = join(directory, 'data/receiver');
  mkdirSync(data, { recursive: true });
  const names = Array.from({ length: nodes }, (_, index) => `idle-${index}`);
  enrol(data, names);
  const configPath = join(directory, 'config.json');
  const config = {
    ...{ port, number_of_nodes: 10_000, log_level: 'error' },
    // All of them come from one address, and at once.
    receiver: { limits: { newcomers: 10_000, newcomers_per_address: 10_000 } },
    mirror: { allow_same_device: true },
    web: { port: 0 },
  };
  writeFileSync(configPath, JSON.stringify({ ...config, ...more }));
  return {
    ...{ directory, configPath, port },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Starts a built program; resolves when it has said its first line. */
export async function startBuilt(
  place: BenchPlace,
  program: ProgramName,
  { flags = [], args = [], env = {} }: StartOptions = {},
): Promise<ChildProcess> {
  guardTest();
  const child = spawn(
    process.execPath,
    [...flags, cliOf(program), 'start', ...args, '--config', place.configPath],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } },
  );
  await once(createInterface(child.stdout), 'line');
  return child;
}

/** Runs a command of a built program to its end; its standard output. @throws Error when it fails */
export function askBuilt(place: BenchPlace, program: ProgramName, ...args: readonly string[]): string {
  return execFileSync(process.execPath, [cliOf(program), ...args, '--config', place.configPath], {
    encoding: 'utf8',
  });
}

/** Ends programs in good order. */
export async function endAll(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

/** The simulated nodes of a place, connected, each with so many lines a second. */
export interface SimulatedNodes {
  readonly child: ChildProcess;
  /** What was sent and acknowledged, bytes, when they have ended by themselves. */
  readonly result: Promise<{ readonly sent: number; readonly acknowledged: number }>;
}

/** What {@link simulateNodes} plays. */
export interface Simulation {
  readonly nodes: number;
  readonly seconds: number;
  /** Of each node, a second; 1 when not given. */
  readonly lines?: number;
  /** Over TLS; plain TCP otherwise. */
  readonly isTls?: boolean;
}

/** Connects simulated nodes, in one process; resolves when all are in. */
export async function simulateNodes(place: BenchPlace, simulation: Simulation): Promise<SimulatedNodes> {
  const { nodes, seconds, lines = 1, isTls = false } = simulation;
  const load = join(import.meta.dirname, 'load/idle-load.ts');
  const args = [place.port, nodes, seconds, lines].map(String);
  guardTest();
  const child = spawn(process.execPath, [load, ...args, isTls ? 'tls' : 'plain'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = createInterface(child.stdout)[Symbol.asyncIterator]();
  await said.next();
  const result = said.next().then(({ value }) => JSON.parse(String(value)));
  result.catch(() => undefined);
  return { child, result };
}

function cliOf(program: ProgramName): string {
  return join(import.meta.dirname, `../dist/${program}/cli.js`);
}
