import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';
import { errnoOf } from '../errors/errors.ts';

/** What came of a command. */
export type CommandResult =
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'ended';
      /** null when a signal ended it. */
      readonly exitCode: number | null;
      readonly stdout: Buffer;
      readonly stderr: string;
    };

/** Runs a command of the system; {@link runCommand} is the real one. */
export type CommandRunner = (
  file: string,
  args: readonly string[],
  options?: { readonly input?: Uint8Array | undefined },
) => Promise<CommandResult>;

/**
 * Makes a runner of real commands, without a shell. A command that does not exist, or that takes longer than `timeoutMs`
 * and is then ended, is a result, not an exception.
 */
export function commandRunner(timeoutMs: number): CommandRunner {
  return async (file, args, options = {}) => {
    // Not spawn's own `timeout`: its timer outlives a command that does not exist, and the process with it.
    const late = AbortSignal.timeout(timeoutMs);
    const child = spawn(file, args, { signal: late, stdio: 'pipe' });
    const ended = Promise.withResolvers<number | null>();
    child.once('error', ended.reject);
    child.once('close', ended.resolve);
    // A command that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
    try {
      const output = Promise.all([buffer(child.stdout), text(child.stderr)]);
      const [exitCode, [stdout, stderr]] = await Promise.all([ended.promise, output]);
      return { kind: 'ended', exitCode, stdout, stderr };
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return { kind: 'missing' };
      if (!late.aborted) throw error;
      const stderr = `it took longer than ${timeoutMs / 1000} s`;
      return { kind: 'ended', exitCode: null, stdout: Buffer.alloc(0), stderr };
    }
  };
}

/** Runs a real command for a minute at most. */
export const runCommand: CommandRunner = commandRunner(60_000);
