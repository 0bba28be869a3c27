import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { guardTest } from './guard.ts';
import type { NetworkNamespace } from './network-namespace.ts';
import { ownProgram, type Place, type ProgramName, type Running } from './programs.ts';

/** Starts a program of a place in a network of its own; resolves when it has said its first line. @throws Error when it ends before */
export async function startIn(
  namespace: NetworkNamespace,
  place: Place,
  program: ProgramName,
  ...args: readonly string[]
): Promise<Running> {
  guardTest();
  const [command = '', ...before] = [...namespace.prefix, process.execPath];
  const words = [...before, ownProgram(program), 'start', ...args, '--config', place.configPath];
  const child = spawn(command, words, {
    cwd: place.directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: undefined },
  });
  const ended = once(child, 'exit');
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const said = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)]);
  if (said === undefined) throw new Error(`${program} ended with ${child.exitCode}: ${stderr}`);
  child.stdout.resume();

  async function end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    child.kill(signal);
    await ended;
  }
  return { child, stderr: () => stderr, end, [Symbol.asyncDispose]: () => end('SIGKILL') };
}
