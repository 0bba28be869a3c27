import { errnoOf } from '../errors/errors.ts';
import { onHangUp, stopSignal } from './cli-signals.ts';
import type { CommandContext } from './command-context.ts';
import { exitCodeOf, renderError } from './render-error.ts';

/** Where a command line prints to. */
export interface CliStreams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** What the commands of this process get. @param cliPath the script that runs, absolute */
export function contextOf(cliPath: string): CommandContext {
  const { stdout, stderr, execPath: nodePath } = process;
  return { cwd: process.cwd(), nodePath, cliPath, stdout, stderr, stopSignal, onHangUp };
}

/**
 * Runs what a command line asked for; resolves with the exit code and never rejects. It also takes over what happens to exceptions
 * that nobody caught, and ends the process quietly when the reader of standard output is gone. Once a process.
 *
 * @param isDebug whether the stack of every error is to be shown, asked for when there is one
 */
export async function runGuarded(
  run: () => Promise<number>,
  isDebug: () => boolean,
  streams: CliStreams = process,
): Promise<number> {
  watchReader(streams);
  watchCrashes(streams);
  try {
    return await run();
  } catch (error) {
    streams.stderr.write(renderError(error, { isDebug: isDebug() }));
    return exitCodeOf(error);
  }
}

/**
 * Resolves when everything that was printed has been taken, or cannot be any more because the reader has gone. Who ends the process
 * before loses what a pipe has not taken yet.
 */
export async function allWritten(): Promise<void> {
  await Promise.all([written(process.stdout), written(process.stderr)]);
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (!stream.writable) resolve();
    else stream.write('', () => resolve());
  });
}

/** `fleetkeep-receiver nodes | head` ends when head does, without a word. */
function watchReader(streams: CliStreams): void {
  streams.stdout.on('error', (error) => {
    if (errnoOf(error) === 'EPIPE') process.exit(0);
    throw error;
  });
  // There is nowhere left to say it.
  streams.stderr.on('error', () => undefined);
}

/** An exception that nobody caught is a bug: state can no longer be trusted, so the process ends. */
function watchCrashes(streams: CliStreams): void {
  process.on('uncaughtException', (error) => {
    streams.stderr.write(renderError(error, { isDebug: true }));
    process.exit(exitCodeOf(error));
  });
}
