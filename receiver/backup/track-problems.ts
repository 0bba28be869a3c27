import type { Logger } from '../../shared/logging/logger.ts';
import { logKey, MIRROR_KEY, type MirrorProblem, STALL_KEY } from './mirror-problem.ts';
import type { MirrorRun } from './run-mirror.ts';

/** Options of {@link trackProblems}. */
export interface TrackProblemsOptions {
  readonly log: Logger;
  /** A problem exists; told again at every run while it does. */
  readonly onProblem: (problem: MirrorProblem) => void;
  /** The problem of that key does not exist; also told of what was never raised. */
  readonly onSolved: (key: string) => void;
}

/** What is wrong with the mirror. */
export interface ProblemTracker {
  /** What keeps the mirror as a whole from being up to date. */
  present(): MirrorProblem | undefined;
  /** That the run under way hangs. */
  stall(): MirrorProblem | undefined;
  /** The run under way hangs. */
  stalled(problem: MirrorProblem): void;
  /** It goes on. */
  moving(): void;
  /** It was given up; if it hung, that is how the mirror stands until the next run. */
  givenUp(): void;
  /** A run has ended. */
  settle(run: MirrorRun): void;
}

/** Begins with nothing wrong. */
export function trackProblems({ log, onProblem, onSolved }: TrackProblemsOptions): ProblemTracker {
  let stall: MirrorProblem | undefined;
  /** Why the last run did not succeed. */
  let last: MirrorProblem | undefined;
  /** Keys of the problems of single logs that were told. */
  const raised = new Set<string>();

  function settle(run: MirrorRun): void {
    const found = run.kind === 'succeeded' ? undefined : run.problem;
    if (found?.detail !== last?.detail) logChange(log, found);
    last = found;
    if (found === undefined) onSolved(MIRROR_KEY);
    else onProblem(found);
    // Whatever a run has found out, the drive has answered; unless it is just that.
    if (found?.key !== STALL_KEY) onSolved(STALL_KEY);
    if (run.kind !== 'refused') settleLogs(run);
  }

  function settleLogs({ kind, logs }: MirrorRun & { kind: 'failed' | 'succeeded' }): void {
    const clean = logs.filter((one) => one.problem === undefined).map(({ name }) => logKey(name));
    const ill = logs.flatMap((one) => one.problem ?? []);
    const names = new Set(logs.map(({ name }) => logKey(name)));
    // A log that is gone has no problem any more; a run that ended early did not get to all of them.
    const gone = kind === 'succeeded' ? [...raised].filter((key) => !names.has(key)) : [];
    for (const key of [...clean, ...gone]) {
      raised.delete(key);
      onSolved(key);
    }
    for (const one of ill) {
      raised.add(one.key);
      onProblem(one);
    }
  }

  return {
    present: () => stall ?? last,
    stall: () => stall,
    stalled(problem) {
      stall = problem;
      log.error({ title: problem.title, detail: problem.detail }, 'the mirror hangs');
      onProblem(problem);
    },
    moving() {
      if (stall === undefined) return;
      stall = undefined;
      log.info('the mirror no longer hangs');
      onSolved(STALL_KEY);
    },
    givenUp() {
      last = stall ?? last;
      stall = undefined;
    },
    settle,
  };
}

function logChange(log: Logger, problem: MirrorProblem | undefined): void {
  if (problem === undefined) log.info('the mirror is up to date again');
  else log.error({ title: problem.title, detail: problem.detail }, 'the mirror is not up to date');
}
