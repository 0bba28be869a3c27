/**
 * The mirror: the copy of all logs on the secondary drive (`to_directory`), brought up to date by a schedule, at start when the
 * last success is older than an hour, and on demand.
 *
 * On the drive, below `to_directory`:
 *
 *     .fleetkeep-mirror.json      the marker: which mirror this is; its absence means that the drive is not mounted
 *     logs/                       as on every copy, see shared/log/log.ts; archived logs (`node-X@ID`) included
 *
 * and on the receiver's own disk `mirror.json`: which mirror is used, and when it last was brought up to date.
 *
 * Invariants. Tests cite them by number.
 *
 * 1. Nothing is written to a directory that is not known to be the mirror. Every refusal is a problem raised, never silence.
 * 2. The mirror is a follower: only bytes that it lacks are written to its log files, after what both have was compared.
 * 3. What the mirror has is never shortened or deleted because another copy is shorter, empty or gone. It has its own retention.
 * 4. A file that is no prefix of the live one is set aside, the segment fetched again, and the administrator told.
 * 5. A sealed segment counts once it was decoded on the drive and has the recorded SHA-256.
 * 6. A success is recorded only after everything is on the drive (fsync). A kill at any moment costs a repetition, nothing else.
 * 7. One run at a time, one log at a time, in streams: ingest goes on beside it, and a log that is being closed, sealed or
 *    archived meanwhile is followed.
 */

import { resolve } from 'node:path';
import type { RetentionLimits } from '../../shared/log/retention.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { startCronSchedule } from './cron-schedule.ts';
import { logKey, MIRROR_KEY, type MirrorProblem } from './mirror-problem.ts';
import { type MirrorSuccess, readMirrorRecord } from './mirror-record.ts';
import { type MirroredLog, type MirrorProgress, type MirrorRun, runMirror } from './run-mirror.ts';

export type { MirrorProblem } from './mirror-problem.ts';
export type { MirroredLog, MirrorProgress, MirrorRun } from './run-mirror.ts';

/** Options of {@link startMirror}. */
export interface MirrorOptions {
  /** The live logs. */
  readonly logsRoot: string;
  /** `to_directory`. */
  readonly directory: string;
  /** `mirror.json` in the receiver's data directory. */
  readonly recordPath: string;
  /** Cron expression. */
  readonly schedule: string;
  /** The time zone that the schedule speaks of. */
  readonly timezone: string;
  readonly allowSameDevice: boolean;
  readonly requireMountPoint: boolean;
  /** What the mirror itself keeps of each log. */
  readonly retention: RetentionLimits;
  /** Boot id of this machine. */
  readonly bootId: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** A problem exists; told again at every run while it does. */
  readonly onProblem: (problem: MirrorProblem) => void;
  /** The problem of that key does not exist; also told of what was never raised. */
  readonly onSolved: (key: string) => void;
}

/** Why a run was made. */
export type RunReason = 'start' | 'schedule' | 'asked';

/** How the mirror stands; shown by `status`. */
export interface MirrorState {
  readonly directory: string;
  /** The run under way, with its progress once there is some. */
  readonly running: { readonly reason: RunReason; readonly progress: MirrorProgress | undefined } | undefined;
  /** When the last run began, ms since 1970; undefined before the first since this program started. */
  readonly startedAtMs: number | undefined;
  /** The last run that succeeded, under an earlier start of this program as well. */
  readonly lastSuccess: MirrorSuccess | undefined;
  /** When the schedule says so next, ms since 1970. */
  readonly nextRunAtMs: number | undefined;
  /** Why the last run did not succeed. */
  readonly problem: MirrorProblem | undefined;
  /** As the last run that got so far left them. */
  readonly logs: readonly MirroredLog[];
}

/** Options of {@link Mirror.runNow}. */
export interface RunNowOptions {
  /** The mirror begins anew on the drive that is there now. */
  readonly isNewDrive?: boolean | undefined;
  readonly onProgress?: ((progress: MirrorProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The running mirror. Disposing gives up the run under way; what it copied stands. May be disposed twice. */
export interface Mirror extends AsyncDisposable {
  /** Runs as soon as the run under way, if any, has ended. @throws the reason of `signal`, or AbortError when disposed. */
  runNow(options?: RunNowOptions): Promise<MirrorRun>;
  /** How the mirror stands. */
  state(): MirrorState;
}

/** A success older than this is not waited for: the receiver may have been off when the schedule came, ms. */
const STALE_MS = 3_600_000;

/** Starts the mirror; the first run, if one is due, goes on in the background. @throws Error when `schedule` is no cron expression. */
export async function startMirror(options: MirrorOptions): Promise<Mirror> {
  const directory = resolve(options.directory);
  const { clock, log } = options;
  const stop = new AbortController();
  const record = await readMirrorRecord(options.recordPath);
  let lastSuccess = record.kind === 'known' ? record.lastSuccess : undefined;
  let running: MirrorState['running'];
  let startedAtMs: number | undefined;
  let problem: MirrorProblem | undefined;
  let logs: readonly MirroredLog[] = [];
  /** Keys of the problems of single logs that were told. */
  const raised = new Set<string>();
  /** The end of the queue: runs are made one after the other. */
  let queue: Promise<unknown> = Promise.resolve();

  async function run(reason: RunReason, asked: RunNowOptions): Promise<MirrorRun> {
    const signals = asked.signal === undefined ? [stop.signal] : [stop.signal, asked.signal];
    const signal = AbortSignal.any(signals);
    signal.throwIfAborted();
    startedAtMs = clock.now();
    running = { reason, progress: undefined };
    const onProgress = (progress: MirrorProgress) => {
      running = { reason, progress };
      asked.onProgress?.(progress);
    };
    try {
      const isNewDrive = asked.isNewDrive ?? false;
      const result = await runMirror({ ...options, directory, isNewDrive, onProgress, signal });
      settle(result);
      return result;
    } finally {
      running = undefined;
    }
  }

  function settle(result: MirrorRun): void {
    if (result.kind !== 'refused') logs = result.logs;
    const found = result.kind === 'succeeded' ? undefined : result.problem;
    if (result.kind === 'succeeded') lastSuccess = result.success;
    if (found?.detail !== problem?.detail) logChange(log, found);
    problem = found;
    if (found === undefined) options.onSolved(MIRROR_KEY);
    else options.onProblem(found);
    if (result.kind !== 'refused') settleLogs(result);
  }

  function settleLogs({ kind, logs: mirrored }: MirrorRun & { kind: 'failed' | 'succeeded' }): void {
    const clean = mirrored.filter((one) => one.problem === undefined).map(({ name }) => logKey(name));
    const ill = mirrored.flatMap((one) => one.problem ?? []);
    const names = new Set(mirrored.map(({ name }) => logKey(name)));
    // A log that is gone has no problem any more; a run that ended early did not get to all of them.
    const gone = kind === 'succeeded' ? [...raised].filter((key) => !names.has(key)) : [];
    for (const key of [...clean, ...gone]) {
      raised.delete(key);
      options.onSolved(key);
    }
    for (const one of ill) {
      raised.add(one.key);
      options.onProblem(one);
    }
  }

  function enqueue(reason: RunReason, asked: RunNowOptions = {}): Promise<MirrorRun> {
    const next = queue.then(() => run(reason, asked));
    queue = next.catch(() => undefined);
    return next;
  }

  async function runQuietly(reason: RunReason): Promise<void> {
    await enqueue(reason).catch((error: unknown) => {
      if (!stop.signal.aborted) log.error({ err: error }, 'the mirror ended unexpectedly');
    });
  }

  const schedule = await startCronSchedule({
    expression: options.schedule,
    timezone: options.timezone,
    log,
    duty: async () => await runQuietly('schedule'),
  });
  if (lastSuccess === undefined || clock.now() - lastSuccess.atMs > STALE_MS) void runQuietly('start');

  return {
    runNow: (asked) => enqueue('asked', asked),
    state: () => ({
      directory,
      running,
      startedAtMs,
      lastSuccess,
      nextRunAtMs: stop.signal.aborted ? undefined : schedule.nextRunAtMs(),
      problem,
      logs,
    }),
    async [Symbol.asyncDispose]() {
      if (stop.signal.aborted) return;
      stop.abort();
      await schedule[Symbol.asyncDispose]();
      await queue;
    },
  };
}

function logChange(log: Logger, problem: MirrorProblem | undefined): void {
  if (problem === undefined) log.info('the mirror is up to date again');
  else log.error({ title: problem.title, detail: problem.detail }, 'the mirror is not up to date');
}
