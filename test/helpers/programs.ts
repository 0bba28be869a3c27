import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { requestControl } from '../../shared/control/request-control.ts';
import { guardTest } from './guard.ts';
import { until } from './until.ts';

/** The real programs as processes of their own, in a directory of their own. */
export interface Place {
  readonly directory: string;
  readonly configPath: string;
  readonly port: number;
  /** Replaces config.json: what is given, laid over the usual. */
  configure(more: object): void;
  /** The mails that were written as files because no SMTP server is configured, as they are. */
  mails(): readonly string[];
  /** Runs a command to its end. */
  run(program: ProgramName, ...args: readonly string[]): Promise<Ended>;
  /**
   * Starts `start` of a program; resolves when it has said its first line. A sender that has not joined gets a join code, for which
   * the receiver has to run.
   */
  start(program: ProgramName, ...args: readonly string[]): Promise<Running>;
}

/** Which program. */
export type ProgramName = 'receiver' | 'sender';

/** A command that has ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. */
export interface Running extends AsyncDisposable {
  readonly child: ChildProcess;
  /** What it has said on standard error so far. */
  readonly stderr: () => string;
  /** Ends it with a signal and waits for that. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

const ROOT = join(import.meta.dirname, '../..');
const TIMEOUT_MS = 30_000;

/** Where the programs of this checkout lie. */
export function ownProgram(program: ProgramName): string {
  return join(ROOT, program, 'cli.ts');
}

/** How {@link preparePlace} runs programs; asked for at each run. */
export interface HowToRun {
  /** The file that is run; of this checkout unless said otherwise. */
  readonly cliOf?: (program: ProgramName) => string;
  /** Environment variables beside those of the test. */
  readonly envOf?: (program: ProgramName) => NodeJS.ProcessEnv;
}

/** Prepares a place with a config.json for both programs. */
export async function preparePlace(
  directory: string,
  more: object = {},
  { cliOf = ownProgram, envOf = () => ({}) }: HowToRun = {},
): Promise<Place> {
  guardTest();
  const port = await findFreePort();
  const configPath = join(directory, 'config.json');
  mkdirSync(directory, { recursive: true });

  function configure(changes: object): void {
    writeFileSync(configPath, JSON.stringify({ ...usualConfig(port), ...changes }, undefined, 2));
  }

  function launch(program: ProgramName, args: readonly string[]): { child: ChildProcess; out: Output } {
    const child = spawn(process.execPath, [cliOf(program), ...args, '--config', configPath], {
      cwd: directory,
      // Not what tap has every process load.
      env: { ...process.env, NODE_OPTIONS: undefined, ...envOf(program) },
    });
    return { child, out: collect(child) };
  }

  async function run(program: ProgramName, ...args: readonly string[]): Promise<Ended> {
    const { child, out } = launch(program, args);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout: out.stdout, stderr: out.stderr };
  }

  /** Of the receiver, as the configuration says it now. */
  function dataDirectory(): string {
    const config = JSON.parse(readFileSync(configPath, 'utf8')) as { receiver?: { data_directory?: string } };
    return resolve(directory, config.receiver?.data_directory ?? 'receiver');
  }

  /** As `join-code` does, without a process of its own for it. */
  async function makeJoinCode(): Promise<readonly string[]> {
    const made = await requestControl({
      directory: dataDirectory(),
      name: 'receiver',
      command: 'join-code',
      args: { uses: 1, lifetime_ms: 3_600_000 },
    });
    return ['--join', (made as { code: string }).code];
  }

  /** Whether a sender that is started with these flags is a node already, or is about to join by itself. */
  function hasJoined(args: readonly string[]): boolean {
    const flag = args.indexOf('--data-directory');
    const data = flag < 0 ? join(directory, 'sender') : (args[flag + 1] ?? '');
    return args.includes('--join') || existsSync(join(data, 'credentials.json'));
  }

  configure(more);
  return {
    directory,
    configPath,
    port,
    configure,
    mails: () => readMails(join(directory, 'receiver/mail')),
    run,
    async start(program, ...args) {
      const code = program === 'sender' && !hasJoined(args) ? await makeJoinCode() : [];
      const { child, out } = launch(program, ['start', ...args, ...code]);
      const isUp = () => {
        if (child.exitCode !== null)
          throw new Error(`${program} ended with ${child.exitCode}: ${out.stderr}`);
        return out.stdout.includes('\n');
      };
      await until(isUp, {
        timeoutMs: TIMEOUT_MS,
        what: () => `the start of ${program}; it says ${out.stderr}`,
      });
      return running(child, out);
    },
  };
}

function readMails(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter((name) => name.endsWith('.eml'));
  return names.map((name) => readFileSync(join(directory, name), 'utf8'));
}

interface Output {
  stdout: string;
  stderr: string;
}

function collect(child: ChildProcess): Output {
  const out: Output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    out.stderr += text;
  });
  return out;
}

/** How long what a program has started may outlive it; what waits for a drive that hangs may for ever, ms. */
const ORPHAN_MS = 15_000;

function running(child: ChildProcess, out: Output): Running {
  async function end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    // Its output ends with those who hold it: what it has started for the second drive goes on writing until it sees that it is alone.
    const isAlone = once(child, 'close');
    child.kill(signal);
    await ended;
    await Promise.race([isAlone, delay(ORPHAN_MS, undefined, { ref: false })]);
  }
  return { child, stderr: () => out.stderr, end, [Symbol.asyncDispose]: () => end('SIGKILL') };
}

function usualConfig(port: number): object {
  return {
    host: '127.0.0.1',
    port,
    sleeptime: 0.1,
    to_directory: 'mirror',
    to_addr: 'admin@example.org',
    log_level: 'warn',
    receiver: { data_directory: 'receiver', commit_seconds: 0.02, workers: 1 },
    sender: { data_directory: 'sender', node_name: '7', sync_seconds: 1 },
    mirror: { allow_same_device: true },
    web: { port: 0 },
  };
}

/** A port that nobody has now. Programs that are started again have to keep theirs, so port 0 is of no use to them. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

/** The lines of a log that lies open below a `logs` directory; empty when there is none. */
export function openLines(logs: string, node: string): readonly string[] {
  try {
    return readFileSync(join(logs, `node-${node}.log`), 'utf8')
      .split('\n')
      .slice(0, -1);
  } catch {
    return [];
  }
}
