import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ProgramName } from './shared/control/lock-owner.ts';
import { describeError } from './shared/errors/errors.ts';
import type { Clock } from './shared/time/clock.ts';

/** Options of {@link keepProgram}. */
export interface KeepProgramOptions {
  readonly name: ProgramName;
  /** Starts it. */
  readonly launch: () => Promise<ChildProcess>;
  /**
   * Resolves when the process of that id answers, with a line that has changed by the restart, if there is one. Rejects when it does
   * not answer in time, or when the wait is aborted.
   */
  readonly waitUntilUp: (pid: number | undefined, signal: AbortSignal) => Promise<string | undefined>;
  /** Called whenever it has come up. */
  readonly onUp: () => void;
  /** Prints a sentence. */
  readonly say: (sentence: string) => void;
  readonly clock: Clock;
  /** Both programs are to end. */
  readonly signal: AbortSignal;
}

/** Between an end and the next start, ms: long enough for the alarm to be seen. */
export const PAUSE_MS = 15_000;
/** After so many failures in a row it is not started again. */
export const TRIES = 5;
/** One that fails later than this after its start begins to count again, ms. */
const STEADY_MS = 60_000;
/** Wrong usage or configuration: it would end in the same way again. */
const USAGE = 2;

const OTHERS_GO_ON: Readonly<Record<ProgramName, string>> = {
  receiver:
    'The sender goes on: it keeps the samples in its own log, and sends them when the receiver is back. No alarm can be raised meanwhile.',
  sender: 'The receiver goes on, and notices that the node is gone: npm run receiver -- status shows it.',
};

/**
 * Runs one of the two programs, and starts it again when something has ended it, while the other one goes on. Resolves when both are
 * to end, or with an exit code when it is no use: it did not come up the first time, its configuration is wrong, or it failed
 * {@link TRIES} times in a row.
 */
export async function keepProgram(options: KeepProgramOptions): Promise<number | undefined> {
  const { name, say, clock, signal } = options;
  let failures = 0;
  for (let starts = 1; ; starts++) {
    const startedMs = clock.monotonic();
    const { wasUp, end } = await runOnce(options, starts);
    if (signal.aborted) return undefined;
    const isSteady = clock.monotonic() - startedMs > STEADY_MS;
    const isFailure = !wasUp || end.kind === 'failed';
    failures = isFailure ? (isSteady ? 1 : failures + 1) : 0;
    const isHopeless = !wasUp && (starts === 1 || (end.kind === 'failed' && end.code === USAGE));
    if (isHopeless || failures >= TRIES) {
      const count = failures > 1 ? `, ${failures} times in a row` : '';
      say(`The ${name} ${describeEnd(end)}${count}. Both programs stop now.`);
      return end.kind === 'failed' ? end.code : 1;
    }
    say(
      `The ${name} ${describeEnd(end)}. ${OTHERS_GO_ON[name]} The ${name} is started again in ${PAUSE_MS / 1000} s.`,
    );
    await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
    if (signal.aborted) return undefined;
  }
}

/** How a program has ended. */
type End =
  | { readonly kind: 'killed'; readonly by: string }
  | { readonly kind: 'stopped' }
  /** `why` where there is more to say than that its own message stands above. */
  | { readonly kind: 'failed'; readonly code: number; readonly why?: string };

async function runOnce(
  { name, launch, waitUntilUp, onUp, say, signal }: KeepProgramOptions,
  starts: number,
): Promise<{ readonly wasUp: boolean; readonly end: End }> {
  let wasUp = false;
  try {
    const child = await launch();
    const over = new AbortController();
    const ended = endOf(child).finally(() => over.abort());
    const up = waitUntilUp(child.pid, AbortSignal.any([signal, over.signal])).then(
      (news) => {
        wasUp = true;
        if (starts > 1) say([`The ${name} runs again.`, ...(news === undefined ? [] : [news])].join(' '));
        onUp();
      },
      (error: unknown) => {
        if (over.signal.aborted || signal.aborted) return;
        say(`The ${name} does not answer: ${describeError(error)}. It is ended.`);
        child.kill('SIGKILL');
      },
    );
    const end = await ended;
    await up;
    return { wasUp, end };
  } catch (error) {
    return { wasUp, end: { kind: 'failed', code: 1, why: describeError(error) } };
  }
}

/** @throws the system's error when it could not be started */
async function endOf(child: ChildProcess): Promise<End> {
  const [code, by] = (await once(child, 'exit')) as [number | null, string | null];
  if (by !== null) return { kind: 'killed', by };
  return code === 0 ? { kind: 'stopped' } : { kind: 'failed', code: code ?? 1 };
}

function describeEnd(end: End): string {
  switch (end.kind) {
    case 'killed':
      return `was killed (${end.by})`;
    case 'stopped':
      return 'was asked to stop, and has stopped';
    case 'failed':
      return end.why === undefined
        ? `ended with exit code ${end.code} (its own message stands above)`
        : `could not be started: ${end.why}`;
    default:
      return end satisfies never;
  }
}
