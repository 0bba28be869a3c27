import type { ChildProcess } from 'node:child_process';
import { UserError } from '../../shared/errors/errors.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import { type Clock, systemClock } from '../../shared/time/clock.ts';
import { type DriveAnswers, type DriveKind, directoryOf } from './drive-messages.ts';
import { type RunOnDriveOptions, runOnDrive } from './drive-process.ts';
import { watchStall } from './watch-stall.ts';

/** An order for the drive. */
export type DriveRun<Kind extends DriveKind> = Omit<RunOnDriveOptions<Kind>, 'onLeft' | 'signal'> & {
  readonly signal?: AbortSignal | undefined;
};

/** An order that a drive which hangs fails. */
export type LimitedDriveRun<Kind extends DriveKind> = Omit<DriveRun<Kind>, 'onMoved'> & {
  /** For how long nothing may move, ms. */
  readonly limitMs: number;
};

/** The second drive, as the receiver works with it. Disposing ends every process that can be ended, in a few seconds. */
export interface Drive extends AsyncDisposable {
  /**
   * Carries out an order, however long that takes.
   *
   * @throws UserError `MIRROR_UNUSABLE` while an earlier process in that directory cannot be ended, or too many of that kind run; else
   *   as {@link runOnDrive}
   */
  run<Kind extends DriveKind>(run: DriveRun<Kind>): Promise<DriveAnswers[Kind]>;
  /** The same, as long as something moves. @throws UserError `MIRROR_UNUSABLE` when nothing does, as well */
  runWhileMoving<Kind extends DriveKind>(run: LimitedDriveRun<Kind>): Promise<DriveAnswers[Kind]>;
}

/** Processes of one kind at a time. */
const MAX_OF_A_KIND = 2;

/** Makes the drive ready for orders; starts nothing yet. */
export function openDrive({ log, clock = systemClock }: { log: Logger; clock?: Clock }): Drive {
  const stop = new AbortController();
  const running = new Map<Promise<unknown>, DriveKind>();
  /** Those that could not be ended, with where they work. */
  const left = new Map<ChildProcess, string>();

  function keepInMind(child: ChildProcess, directory: string): void {
    left.set(child, directory);
    child.once('exit', () => left.delete(child));
    log.error(
      { pid: child.pid },
      'a process waits for the second drive and cannot be ended; it is left behind',
    );
  }

  async function run<Kind extends DriveKind>(given: DriveRun<Kind>): Promise<DriveAnswers[Kind]> {
    const { order } = given;
    const { kind } = order;
    const directory = directoryOf(order);
    assertFree(kind, directory);
    const onLeft = (child: ChildProcess) => keepInMind(child, directory);
    const signal = either(stop.signal, given.signal);
    const answered = runOnDrive({ ...given, onLeft, signal });
    running.set(answered, kind);
    try {
      return await answered;
    } finally {
      running.delete(answered);
    }
  }

  /** A process that hangs may yet go on in its directory, and one more would hang as well. */
  function assertFree(kind: DriveKind, directory: string): void {
    for (const [{ pid }, place] of left) {
      if (place === directory)
        throw silent(`process ${String(pid)} still waits for it, and could not be ended`);
    }
    if ([...running.values()].filter((one) => one === kind).length < MAX_OF_A_KIND) return;
    throw new UserError('MIRROR_UNUSABLE', `the second drive is busy: ${kind} runs ${MAX_OF_A_KIND} times`, {
      hint: 'Try again when that has ended.',
    });
  }

  async function runWhileMoving<Kind extends DriveKind>(
    given: LimitedDriveRun<Kind>,
  ): Promise<DriveAnswers[Kind]> {
    const { limitMs, nodeDigest } = given;
    const stalled = new AbortController();
    using watch = watchStall({
      limitMs,
      clock,
      onStalled: (sinceMs) =>
        stalled.abort(silent(`nothing could be read or written since ${new Date(sinceMs).toISOString()}`)),
    });
    const signal = either(stalled.signal, given.signal);
    return await run({
      ...given,
      signal,
      onMoved: watch.moved,
      nodeDigest:
        nodeDigest &&
        (async (node, upTo) => {
          using _pause = watch.pause();
          return await nodeDigest(node, upTo);
        }),
    });
  }

  return {
    run,
    runWhileMoving,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.allSettled(running.keys());
    },
  };
}

function either(signal: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? signal : AbortSignal.any([signal, other]);
}

function silent(why: string): UserError {
  return new UserError('MIRROR_UNUSABLE', `the second drive does not answer: ${why}`, {
    hint: 'Look at the kernel log (dmesg) and at the cable, or at the server of a network drive.',
  });
}
