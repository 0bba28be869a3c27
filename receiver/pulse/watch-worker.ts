import type { Worker } from 'node:worker_threads';
import { type Clock, systemClock } from '../../shared/time/clock.ts';
import { type Pulse, readPulse } from './pulse.ts';

/** What became of a worker thread that hung: it was ended, or it cannot be ended now. A `stuck` one may be `ended` later. */
export type HungOutcome = 'ended' | 'stuck';

/** Options of {@link watchWorker}. */
export interface WorkerWatchOptions {
  readonly pulse: Pulse;
  /** Without a beat for this long, as the main thread counts it, the thread is ended, ms. */
  readonly limitMs: number;
  /** The thread hangs and is about to be ended. */
  readonly onHung: () => void;
  readonly onOutcome: (outcome: HungOutcome) => void;
  readonly clock?: Clock | undefined;
}

/** Between two looks, ms. */
const LOOK_MS = 5000;
/** How long the ending of a thread may take, ms; what JavaScript does is interrupted at once. */
const END_MS = 10_000;

/** Watches the pulse of a worker thread until it has ended, and ends it when it hangs. Disposing stops watching. */
export function watchWorker(worker: Worker, options: WorkerWatchOptions): Disposable {
  const { clock = systemClock, onHung, onOutcome } = options;
  const stop = new AbortController();
  const ended = new AbortController();
  worker.once('exit', () => {
    stop.abort();
    ended.abort();
  });

  async function watch(): Promise<void> {
    if (!(await hangs(options, clock, stop.signal))) return;
    onHung();
    void worker.terminate();
    const isStuck = await elapses(END_MS, clock, ended.signal);
    if (isStuck) onOutcome('stuck');
    await endOf(ended.signal);
    onOutcome('ended');
  }

  void watch();
  return { [Symbol.dispose]: () => stop.abort() };
}

/** Waits until the pulse has stood still for too many looks; `false` when it is stopped before. */
async function hangs(
  { pulse, limitMs }: WorkerWatchOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  let last = readPulse(pulse);
  let inVain = 0;
  while (inVain * LOOK_MS < limitMs) {
    if (!(await elapses(LOOK_MS, clock, signal))) return false;
    const now = readPulse(pulse);
    inVain = now === last ? inVain + 1 : 0;
    last = now;
  }
  return true;
}

/** Waits; `false` when the signal came first. */
async function elapses(ms: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  await clock.sleep(ms, signal).catch(() => undefined);
  return !signal.aborted;
}

async function endOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
