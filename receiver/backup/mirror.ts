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
 * 2. The mirror is a follower: only bytes that it lacks are written to its log files, after what both have was compared. Sealed segments
 *    that the live copy lost are given back to it; its open segment is never touched.
 * 3. What the mirror has is never shortened or deleted because another copy is shorter, empty or gone. It has its own retention.
 * 4. A file that is no prefix of the live one is set aside, the segment fetched again, and the administrator told.
 * 5. A sealed segment counts once it was decoded on the drive and has the recorded SHA-256. A run that was asked for reads all of them
 *    again, in both copies; a scheduled one a share. What is damaged is set aside and fetched from the copy that has it.
 * 6. A success is recorded only after everything is on the drive (fsync). A kill at any moment costs a repetition, nothing else.
 * 7. One run at a time, one log at a time, in streams: ingest goes on beside it, and a log that is being closed, sealed or
 *    archived meanwhile is followed.
 * 8. A drive that hangs holds up nothing but the mirror, and is told: a run is a process of its own (drive-process.ts), and nobody
 *    here waits for it without end.
 * 9. Only a node declares a segment short. What a run could not copy whole is `partial`, and is completed when some copy has it whole.
 * 10. The schedule goes by the clock on the wall, wherever that is set. That it is kept is watched by the clock that never jumps
 *     (watch-overdue.ts).
 */

import { resolve } from 'node:path';
import type { RetentionLimits } from '../../shared/log/retention.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { startCronSchedule } from './cron-schedule.ts';
import { type MirrorProblem, stallProblem } from './mirror-problem.ts';
import { type MirrorSuccess, readMirrorRecord } from './mirror-record.ts';
import { retryDrive } from './retry-drive.ts';
import type {
  MirroredLog,
  MirrorProgress,
  MirrorRun,
  RunMirrorOptions,
  WantedSegment,
} from './run-mirror.ts';
import { REACH, type RunReason } from './run-reason.ts';
import type { SuspectSegment } from './scrub.ts';
import { makeSoon } from './soon.ts';
import { trackProblems } from './track-problems.ts';
import { trackSuccess } from './track-success.ts';
import { watchStall } from './watch-stall.ts';
import { withNotesOf } from './with-notes-of.ts';

export type { MirrorProblem } from './mirror-problem.ts';
export type { MirroredLog, MirrorProgress, MirrorRun, WantedSegment } from './run-mirror.ts';
export type { RunReason } from './run-reason.ts';
export type { SuspectSegment } from './scrub.ts';

/** Brings the mirror up to date once, telling whenever something was read or written: `mirrorOnDrive`, or `runMirror` itself. */
export type RunMirror = (options: RunMirrorOptions & { readonly onMoved: () => void }) => Promise<MirrorRun>;

/** Options of {@link startMirror}. */
export interface MirrorOptions {
  readonly run: RunMirror;
  /** How long a run may hang before that is a problem, ms. */
  readonly stallMs: number;
  /** The live logs. */
  readonly logsRoot: string;
  /** `to_directory`. */
  readonly directory: string;
  /** `mirror.json` in the receiver's data directory. */
  readonly recordPath: string;
  /** Cron expression. */
  readonly schedule: string;
  /** The time zone that the schedule speaks of. */
  readonly timeZone: string;
  readonly allowSameDevice: boolean;
  readonly requireMountPoint: boolean;
  /** What the mirror itself keeps of each log. */
  readonly retention: RetentionLimits;
  /** Boot id of this machine. */
  readonly bootId: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asks the nodes for what neither live log nor mirror has; returns what came. */
  readonly fetchFromNodes?:
    | ((wanted: readonly WantedSegment[], signal: AbortSignal) => Promise<readonly SuspectSegment[]>)
    | undefined;
  /** A problem exists; told again at every run while it does. */
  readonly onProblem: (problem: MirrorProblem) => void;
  /** The problem of that key does not exist; also told of what was never raised. */
  readonly onSolved: (key: string) => void;
}

/** How the mirror stands; shown by `status`. */
export interface MirrorState {
  readonly directory: string;
  /** The run under way, with its progress once there is some. */
  readonly running: { readonly reason: RunReason; readonly progress: MirrorProgress | undefined } | undefined;
  /** When the last run began, ms since 1970; undefined before the first since this program started. */
  readonly startedAtMs: number | undefined;
  /** The last run that succeeded, under an earlier start of this program as well. */
  readonly lastSuccess: MirrorSuccess | undefined;
  /** The next three runs by the schedule, ms since 1970, and the time zone that it speaks of. */
  readonly nextRunsAtMs: readonly number[];
  readonly timeZone: string;
  /** Why the last run did not succeed, that the one under way hangs, or that none was made for too long. */
  readonly problem: MirrorProblem | undefined;
  /** As the last run that got so far left them. */
  readonly logs: readonly MirroredLog[];
}

/** Options of {@link Mirror.runNow}. Every sealed segment of both copies is read again, which a scheduled run does in shares. */
export interface RunNowOptions {
  /** The mirror begins anew on the drive that is there now. */
  readonly isNewDrive?: boolean | undefined;
  readonly onProgress?: ((progress: MirrorProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The running mirror. Disposing gives up the run under way; what it copied stands. May be disposed twice. */
export interface Mirror extends AsyncDisposable {
  /**
   * Runs as soon as the run under way, if any, has ended; is refused while that one hangs.
   *
   * @throws the reason of `signal`, or AbortError when disposed.
   */
  runNow(options?: RunNowOptions): Promise<MirrorRun>;
  /** Lets a run follow soon that looks at these segments and mends what it can; nothing is said when it cannot. */
  repairSoon(suspects: readonly SuspectSegment[]): void;
  /**
   * A node is connected: its log is copied soon when the mirror has nothing of it as far as is
   * known.
   */
  nodeConnected(node: NodeName): void;
  /** How the mirror stands. */
  state(): MirrorState;
}

/** A success older than this is not waited for: the receiver may have been off when the schedule came, ms. */
const STALE_MS = 3_600_000;

/** How long after a node has joined its log is copied, ms: others that join meanwhile go along. */
const JOINED_MS = 5_000;

/** How many coming runs are told. */
const RUNS_TOLD = 3;

/** Starts the mirror; the first run, if one is due, goes on in the background. @throws Error when `schedule` is no cron expression. */
export async function startMirror(options: MirrorOptions): Promise<Mirror> {
  const directory = resolve(options.directory);
  const { clock, log } = options;
  const stop = new AbortController();
  const record = await readMirrorRecord(options.recordPath);
  let runningSinceMs: number | undefined;
  let running: MirrorState['running'];
  let startedAtMs: number | undefined;
  let logs: readonly MirroredLog[] = [];
  const problems = trackProblems(options);
  /** The end of the queue: runs are made one after the other. */
  let queue: Promise<unknown> = Promise.resolve();
  /** Those who wait for their turn, which does not come while the run under way hangs. */
  const waiting = new Set<(refused: MirrorRun) => void>();

  async function run(
    reason: RunReason,
    asked: RunNowOptions,
    suspects: readonly SuspectSegment[],
  ): Promise<MirrorRun> {
    const signals = asked.signal === undefined ? [stop.signal] : [stop.signal, asked.signal];
    const signal = AbortSignal.any(signals);
    signal.throwIfAborted();
    startedAtMs = clock.now();
    running = { reason, progress: undefined };
    runningSinceMs = clock.monotonic();
    const onProgress = (progress: MirrorProgress) => {
      running = { reason, progress };
      asked.onProgress?.(progress);
    };
    using watch = watchStall({ limitMs: options.stallMs, clock, onStalled, onMoving: problems.moving });
    try {
      const isNewDrive = asked.isNewDrive ?? false;
      const reach = REACH[reason];
      const usual = { ...options, directory, onMoved: watch.moved, onProgress, signal };
      let result = await options.run({ ...usual, isNewDrive, reach, suspects });
      problems.moving();
      const fetched = await fetchWanted(result.wanted, watch, signal);
      if (fetched.length > 0) {
        const again = await options.run({
          ...{ ...usual, isNewDrive: false, reach: 'suspects' },
          suspects: fetched,
        });
        result = withNotesOf(result, again);
      }
      settle(result);
      return result;
    } finally {
      problems.givenUp();
      running = undefined;
      runningSinceMs = undefined;
    }
  }

  /** What the nodes give is no movement of the drive, so that it is not held to hang meanwhile. */
  async function fetchWanted(
    wanted: readonly WantedSegment[],
    watch: ReturnType<typeof watchStall>,
    signal: AbortSignal,
  ): Promise<readonly SuspectSegment[]> {
    if (options.fetchFromNodes === undefined) return [];
    using _pause = watch.pause();
    return await options.fetchFromNodes(wanted, signal);
  }

  function onStalled(sinceMs: number): void {
    const problem = stallProblem(directory, sinceMs);
    problems.stalled(problem);
    for (const refuse of waiting) refuse({ kind: 'refused', problem, wanted: [] });
    waiting.clear();
  }

  function settle(result: MirrorRun): void {
    if (result.kind === 'succeeded') successes.succeeded(result.success);
    // A run that got to no log says nothing about them.
    if (result.kind === 'succeeded' || (result.kind === 'failed' && result.logs.length > 0))
      logs = result.logs;
    problems.settle(result);
    retry.settled(result.kind);
  }

  function enqueue(
    reason: RunReason,
    asked: RunNowOptions = {},
    suspects: readonly SuspectSegment[] = [],
  ): Promise<MirrorRun> {
    const problem = problems.stall();
    if (problem !== undefined) return Promise.resolve({ kind: 'refused', problem, wanted: [] });
    const refused = Promise.withResolvers<MirrorRun>();
    waiting.add(refused.resolve);
    const next = queue.then(() =>
      waiting.delete(refused.resolve) ? run(reason, asked, suspects) : refused.promise,
    );
    queue = next.catch(() => undefined);
    return Promise.race([next, refused.promise]);
  }

  async function runQuietly(reason: RunReason, suspects: readonly SuspectSegment[] = []): Promise<void> {
    await enqueue(reason, {}, suspects).catch((error: unknown) => {
      if (!stop.signal.aborted) log.error({ err: error }, 'the mirror ended unexpectedly');
    });
  }

  const joined = makeSoon(async () => await runQuietly('joined'), clock);
  const retry = retryDrive(async () => await runQuietly('again'), clock);
  const schedule = startCronSchedule({
    expression: options.schedule,
    timeZone: options.timeZone,
    clock,
    duty: async () => await runQuietly('schedule'),
  });
  const successes = trackSuccess({
    ...options,
    directory,
    recorded: record.kind === 'known' ? record.lastSuccess : undefined,
    running: schedule,
    runningSinceMs: () => runningSinceMs,
    isFailing: () => problems.present() !== undefined,
  });
  const { ageAtStartMs: ageMs } = successes;
  if (ageMs === undefined || ageMs > STALE_MS) void runQuietly('start');

  return {
    runNow: (asked) => enqueue('asked', asked),
    repairSoon: (suspects) => void runQuietly('repair', suspects),
    nodeConnected(node) {
      if (!logs.some(({ name }) => name === `node-${node}`)) joined.within(JOINED_MS);
    },
    state: () => ({
      directory,
      running,
      startedAtMs,
      lastSuccess: successes.last(),
      nextRunsAtMs: schedule.nextRuns(RUNS_TOLD, clock.now()),
      timeZone: options.timeZone,
      problem: problems.present() ?? successes.overdue(),
      logs,
    }),
    async [Symbol.asyncDispose]() {
      if (stop.signal.aborted) return;
      stop.abort();
      schedule[Symbol.dispose]();
      joined[Symbol.dispose]();
      retry[Symbol.dispose]();
      await successes[Symbol.asyncDispose]();
      await queue;
    },
  };
}
