/**
 * Work on the second drive, each order in a process of its own. A drive that hangs (a dead USB drive, a network drive whose server is
 * gone) takes every call that is made to it, and with it one of the four threads that node has for the files of a whole process,
 * worker threads included; neither can be taken back. In a process of its own such a call holds up nothing else. It is started for
 * the order and ends after it, its memory with it.
 *
 * Invariants. Tests cite them by number.
 *
 * 1. Whoever gives an order waits for no longer than the order's signal says, and a few seconds.
 * 2. A process that does not end when it is told to is killed; one that cannot be killed (a call out that no signal interrupts) is left
 *    behind, and it is told.
 * 3. No process outlives its receiver, unless it cannot be killed.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describeError, UserError } from '../../shared/errors/errors.ts';
import type {
  DriveAnswers,
  DriveFailure,
  DriveKind,
  DriveOrder,
  DriveProgress,
  FromDrive,
  ToDrive,
} from './drive-messages.ts';
import type { VerifyCopiesOptions } from './verify-copies.ts';

/** A small young generation: a fifth less memory, and no more processor time, since the work is done outside of V8. */
const FLAGS = ['--max-semi-space-size=1'] as const;

/** How long a process may take to end in good order, and after that to be killed, ms. */
const END_MS = 2_000;

/** Options of {@link runOnDrive}. */
export interface RunOnDriveOptions<Kind extends DriveKind> {
  readonly order: DriveOrder & { readonly kind: Kind };
  /** Told whenever something was read or written; at most four times a second. */
  readonly onMoved?: (() => void) | undefined;
  /** How far it is; at most four times a second. */
  readonly onProgress?: ((progress: DriveProgress[Kind]) => unknown) | undefined;
  /** Asked by `verify`. */
  readonly nodeDigest?: VerifyCopiesOptions['nodeDigest'];
  /** Told of a process that cannot be ended; it may end by itself, some day. */
  readonly onLeft: (child: ChildProcess) => void;
  readonly signal: AbortSignal;
}

/**
 * Starts a process, lets it carry out the order, and waits for its end.
 *
 * @throws UserError as the order does, and `HELPER_ENDED` when the process could not be started, or ended by itself; the reason of `signal`
 */
export async function runOnDrive<Kind extends DriveKind>(
  options: RunOnDriveOptions<Kind>,
): Promise<DriveAnswers[Kind]> {
  const { order, signal } = options;
  signal.throwIfAborted();
  const child = fork(programPath(), {
    execArgv: [...FLAGS],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = endOf(child);
  const listening = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const options = { once: true, signal: listening.signal };
    signal.addEventListener('abort', () => reject(signal.reason), options);
  });
  try {
    const answered = converse(child, options);
    tell(child, { kind: 'order', order });
    const died = ended.then((how) => {
      throw endedBy(how);
    });
    return await Promise.race([answered, died, aborted]);
  } finally {
    listening.abort();
    if (!(await end(child, ended, signal.aborted))) options.onLeft(child);
  }
}

function programPath(): string {
  // In the published package the same file is JavaScript.
  const file = import.meta.url.endsWith('.ts') ? './drive-program.ts' : './drive-program.js';
  return fileURLToPath(new URL(file, import.meta.url));
}

/** Takes what the process says until it has said how the order ended. */
function converse<Kind extends DriveKind>(
  child: ChildProcess,
  { nodeDigest, onMoved, onProgress }: RunOnDriveOptions<Kind>,
): Promise<DriveAnswers[Kind]> {
  const { promise, resolve, reject } = Promise.withResolvers<DriveAnswers[Kind]>();
  child.on('message', (message: FromDrive<Kind>) => {
    switch (message.kind) {
      case 'moved':
        onMoved?.();
        if (message.progress !== undefined) void onProgress?.(message.progress);
        return;
      case 'ask':
        void answer(child, message, nodeDigest);
        return;
      case 'done':
        resolve(message.answer);
        return;
      case 'failed':
        reject(errorOf(message.failure));
        return;
      default:
        message satisfies never;
    }
  });
  return promise;
}

async function answer(
  child: ChildProcess,
  { id, node, upTo }: FromDrive & { kind: 'ask' },
  nodeDigest: VerifyCopiesOptions['nodeDigest'],
): Promise<void> {
  try {
    tell(child, { kind: 'digest', id, digest: await nodeDigest?.(node, upTo) });
  } catch (error) {
    tell(child, { kind: 'digest', id, digest: { error: describeError(error) } });
  }
}

/** A process that is no longer there to hear it has ended, which is told otherwise. */
function tell(child: ChildProcess, message: ToDrive): void {
  if (child.connected) child.send(message, () => undefined);
}

function errorOf({ message, code, hint }: DriveFailure): Error {
  return code === undefined ? new Error(message) : new UserError(code, message, { hint });
}

/** @param how an exit code or a signal in words, or why it could not be started */
function endedBy(how: string | Error): UserError {
  const message = 'the process that works on the second drive';
  return typeof how === 'string'
    ? new UserError('HELPER_ENDED', `${message} ended with ${how}`, {
        hint: 'Something has killed it. dmesg says whether it was the system, for want of memory. Try again.',
      })
    : new UserError('HELPER_ENDED', `${message} could not be started`, {
        cause: how,
        hint: 'Look at the limits of this user (ulimit -a) and at the memory of this machine.',
      });
}

/** How a process ended: an exit code or a signal in words, or why it could not be started. Never rejects. */
async function endOf(child: ChildProcess): Promise<string | Error> {
  const failed = new Promise<Error>((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(error);
    });
  });
  // What it said last is heard when the channel has ended, which may be after the process.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(([[code, signal]]) =>
    String(signal ?? `code ${String(code)}`),
  );
  return await Promise.race([failed, ended]);
}

/** Ends a process within a limit; returns whether it has ended. After its last word it does so by itself. */
async function end(child: ChildProcess, ended: Promise<unknown>, isAborted: boolean): Promise<boolean> {
  if (!isAborted && (await within(END_MS, ended))) return true;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    child.kill(signal);
    if (await within(END_MS, ended)) return true;
  }
  child.removeAllListeners('message');
  child.disconnect();
  child.unref();
  return false;
}

async function within(limitMs: number, ended: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(limitMs, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([ended.then(() => true), late]);
  } finally {
    timer.abort();
  }
}
