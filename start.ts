/**
 * `npm start`: a receiver and, on the same machine, a sender, to see everything work at once. Starts both programs as they are,
 * says in a few lines what is happening and where, and ends both on Ctrl-C. When one of them is killed the other goes on, and the
 * first is started again after a while (keep-program.ts).
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { keepProgram } from './keep-program.ts';
import type { MadeJoinCode } from './receiver/make-join-code.ts';
import type { ReceiverStatus } from './receiver/status.ts';
import { nodeNameOf } from './sender/membership/ensure-membership.ts';
import { readMembership } from './sender/membership/membership.ts';
import { stopSignal } from './shared/cli/cli-signals.ts';
import { whenStopped } from './shared/cli/unless-stopped.ts';
import type { Config } from './shared/config/config.ts';
import { loadConfig } from './shared/config/load.ts';
import type { ProgramName } from './shared/control/lock-owner.ts';
import { requestControl } from './shared/control/request-control.ts';
import { describeError, UserError } from './shared/errors/errors.ts';
import { isSample } from './shared/log/is-sample.ts';
import { readLastLines } from './shared/log/last-lines.ts';
import { logPaths } from './shared/log/log.ts';
import type { NodeName } from './shared/names/node-name.ts';
import { systemClock } from './shared/time/clock.ts';

const LINES_TO_SEE = 3;
const PATIENCE_MS = 20_000;
const STOP_MS = 10_000;
const JOIN_MS = 600_000;

const root = import.meta.dirname;
const signal = stopSignal();
const children = new Map<ProgramName, ChildProcess>();

/** Starts one of the two programs; its warnings and errors are seen, the rest is for its own commands to tell. */
function launch(program: ProgramName, more: readonly string[] = []): ChildProcess {
  const args = [
    join(root, program, 'cli.ts'),
    'start',
    '--log-level',
    'warn',
    ...more,
    ...process.argv.slice(2),
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], cwd: process.cwd() });
  children.set(program, child);
  // One that was started while both are to end has not heard of it.
  if (signal.aborted) child.kill('SIGTERM');
  return child;
}

/**
 * Keeps one of them running; resolves when it has come up for the first time. It ends both when it is no use.
 *
 * @throws the signal's reason when both are to end before that; `stop` then ends what was started
 */
async function keep(
  program: ProgramName,
  config: Config,
  more: () => Promise<readonly string[]>,
): Promise<void> {
  const up = Promise.withResolvers<void>();
  const directory = config[program].data_directory;
  const kept = keepProgram({
    ...{ name: program, clock: systemClock, signal, onUp: up.resolve },
    launch: async () => launch(program, await more()),
    waitUntilUp: async (pid, signal) => newsOf(program, await ask(directory, program, signal, pid)),
    say: (sentence) => console.error(`\n${sentence}`),
  });
  void kept.then((code) => {
    if (code === undefined) up.resolve();
    else void stop().then(() => process.exit(code));
  });
  await Promise.race([up.promise, whenStopped(signal)]);
  signal.throwIfAborted();
}

/** A link for the first password is valid until the receiver ends, so the next receiver has another one. */
function newsOf(program: ProgramName, status: unknown): string | undefined {
  const setup = program === 'receiver' ? (status as ReceiverStatus).web?.setup : undefined;
  return setup == null ? undefined : `The link to set your password is now ${setup}`;
}

async function stop(): Promise<void> {
  // The sender goes first, so that it can say goodbye.
  await Promise.all(['sender', 'receiver'].map((program) => end(children.get(program as ProgramName))));
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(killer);
}

/** Asks one of them until it answers. @param pid the process that must; undefined: whichever works in the directory */
async function ask(
  directory: string,
  name: ProgramName,
  signal: AbortSignal,
  pid?: number,
): Promise<unknown> {
  const deadline = systemClock.monotonic() + PATIENCE_MS;
  for (;;) {
    try {
      const status = (await requestControl({ directory, name, command: 'status', signal })) as {
        readonly pid: number;
      };
      if (pid === undefined || status.pid === pid) return status;
      throw new UserError('NOT_RUNNING', `another ${name} (pid ${status.pid}) works in ${directory}`);
    } catch (error) {
      const isStarting = error instanceof UserError && error.code === 'NOT_RUNNING';
      if (!isStarting || systemClock.monotonic() > deadline) throw error;
      await systemClock.sleep(100, signal);
    }
  }
}

async function askReceiver(config: Config): Promise<ReceiverStatus> {
  return (await ask(config.receiver.data_directory, 'receiver', signal)) as ReceiverStatus;
}

/** What lets the sender of this machine in, if it does not belong to this receiver yet. */
async function joinFlags(config: Config): Promise<readonly string[]> {
  const { receiver } = await askReceiver(config);
  const membership = await readMembership(config.sender.data_directory);
  if (membership?.receiver === receiver) return [];
  const args = { uses: 1, lifetime_ms: JOIN_MS };
  const directory = config.receiver.data_directory;
  const request = { directory, name: 'receiver', command: 'join-code', args, signal } as const;
  const { code } = (await requestControl(request)) as MadeJoinCode;
  return ['--join', code];
}

/** Waits until some lines of this machine have reached the receiver's disk. */
async function waitForLines(config: Config): Promise<readonly string[]> {
  const deadline = systemClock.monotonic() + PATIENCE_MS;
  for (;;) {
    const paths = logPaths(join(config.receiver.data_directory, 'logs'), await nodeNameOf(config));
    const samples = (await readLastLines(paths, 20)).filter(({ text }) => isSample(text));
    if (samples.length >= LINES_TO_SEE || systemClock.monotonic() > deadline)
      return samples.map(({ text }) => text);
    await systemClock.sleep(200, signal);
  }
}

/** Whether two directories lie on the same file system; a mirror that is not there yet counts as such. */
function isOnOneDevice(a: string, b: string): boolean {
  const deviceOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.dev;
  const device = deviceOf(a);
  return device === undefined || device === deviceOf(b);
}

function say(config: Config, node: NodeName, status: ReceiverStatus, lines: readonly string[]): string {
  const short = (path: string) => relative(process.cwd(), path) || '.';
  const log = short(join(config.receiver.data_directory, 'logs', `node-${node}.log`));
  const { host, port } = status.listening;
  const isSameDrive = isOnOneDevice(config.to_directory, config.receiver.data_directory);
  const warning = isSameDrive
    ? [
        '            warning: the mirror lies on the same drive as the logs, and would not survive its end.',
        '            Set "to_directory" to a second drive and remove "allow_same_device" in config.json.',
      ]
    : [];
  const mails =
    status.mail.channel === 'eml'
      ? `written as files into ${short(status.mail.target)} (set "mail.smtp" in config.json to send them)`
      : `sent by ${status.mail.target}`;
  const add =
    host === '127.0.0.1' || host === '::1' || host === 'localhost'
      ? [
          `            set "host" in config.json to an address of this machine that others reach (now ${host}), restart,`,
          '            then, here:',
        ]
      : ['            here:'];
  return [
    '',
    `Fleetkeep runs: a receiver on ${host}, port ${port}, and a sender on this machine. Ctrl-C stops both.`,
    '',
    `  node      ${node}, a line every ${status.sleeptime} s, into ${log}`,
    `            ${(lines.at(-1) ?? 'no line has arrived yet').slice(0, 96)}…`,
    `  mirror    ${short(config.to_directory)}, at the start and by the schedule ${config.mirror.schedule} (${config.mirror.time_zone})`,
    ...warning,
    `  alerts    to ${config.to_addr.join(', ')}, ${mails}`,
    ...pages(status),
    '  add node',
    ...add,
    '            npm run receiver -- join-code     prints the line to paste on the other machine',
    `  look      npm run receiver -- status    npm run receiver -- log ${node} --follow`,
    '            npm run receiver -- verify    npm run sender -- sample',
    '',
  ].join('\n');
}

function pages({ web }: ReceiverStatus): readonly string[] {
  if (web === null) return [];
  return web.setup === null
    ? [`  pages     ${web.url}`]
    : [`  pages     ${web.url}`, `            set your password first: ${web.setup}`];
}

try {
  const { config } = await loadConfig({ cwd: process.cwd() });
  await keep('receiver', config, async () => []);
  await keep('sender', config, async () => await joinFlags(config));
  const lines = await waitForLines(config);
  console.log(say(config, await nodeNameOf(config), await askReceiver(config), lines));
  if (!signal.aborted) await once(signal, 'abort');
} catch (error) {
  if (!signal.aborted) {
    console.error(describeError(error));
    process.exitCode = 1;
  }
}
await stop();
process.exit();
