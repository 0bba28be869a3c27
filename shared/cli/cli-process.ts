import { setImmediate } from 'node:timers/promises';
import { errnoOf } from '../errors/errors.ts';
import { namePath } from '../errors/system-error.ts';
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
  watchOutput(streams);
  watchCrashes(streams, isDebug);
  try {
    return await run();
  } catch (error) {
    streams.stderr.write(renderError(error, { isDebug: isDebug() }));
    return exitCodeOf(error);
  }
}

/**
 * Resolves when everything that was printed has been taken, or cannot be any more because the reader has gone. Ending the process
 * earlier loses what a pipe has not taken yet, and the error of a device that is full: a stream emits that later than it returns.
 */
export async function allWritten(): Promise<void> {
  await Promise.all([written(process.stdout), written(process.stderr)]);
  await setImmediate();
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    // A device that is full refuses even nothing.
    if (!stream.writable || stream.writableLength === 0) resolve();
    else stream.write('', () => resolve());
  });
}

/** `fleetkeep-receiver nodes | head` ends when head does, without a word; `> /dev/full` says what is wrong. */
function watchOutput(streams: CliStreams): void {
  streams.stdout.on('error', (error) => {
    if (errnoOf(error) === 'EPIPE') process.exit(0);
    throw namePath(error, 'standard output');
  });
  nameThrown(streams.stdout);
  // There is nowhere left to say it.
  streams.stderr.on('error', () => undefined);
}

/** Where standard output is a file, writing to it throws instead of emitting an error. */
function nameThrown(stdout: NodeJS.WritableStream): void {
  const write: (...args: never[]) => boolean = stdout.write.bind(stdout);
  stdout.write = (...args: readonly unknown[]) => {
    try {
      return write(...(args as never[]));
    } catch (error) {
      throw namePath(error, 'standard output');
    }
  };
}

/** After an exception that nobody caught, state can no longer be trusted, so the process ends. */
function watchCrashes(streams: CliStreams, isDebug: () => boolean): void {
  process.on('uncaughtException', (error) => {
    streams.stderr.write(renderError(error, { isDebug: isDebug() }));
    process.exit(exitCodeOf(error));
  });
}
