import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { UserError } from '../../shared/errors/errors.ts';
import { backoffMs } from '../../shared/time/backoff.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { newPulse } from '../pulse/pulse.ts';
import { type HungOutcome, watchWorker } from '../pulse/watch-worker.ts';
import type { FromWorker, ToWorker, WorkerSettings, WorkerStart } from './messages.ts';

/** A worker thread that is kept running. Disposing asks it to stop, and ends it when it takes too long. */
export interface WorkerHandle extends AsyncDisposable {
  /** Of the thread that runs now; it changes when the worker is started again. */
  readonly threadId: number;
  readonly port: number;
  /** It hangs and cannot be ended now. */
  readonly isStuck: boolean;
  /** Sends a message; nothing happens while the worker is being started again. */
  post(message: ToWorker): void;
  /** Ends the thread at once, as a crash would. */
  kill(): Promise<void>;
}

/** Options of {@link startWorker}. */
export interface WorkerOptions {
  /** Asked anew for every start. */
  readonly settings: () => WorkerSettings;
  readonly heapMb: number;
  readonly onMessage: (message: FromWorker) => void;
  /** A thread has ended without being asked to. */
  readonly onDied: (threadId: number, error: unknown) => void;
  /** A thread hung; `ended` comes with {@link onDied}. */
  readonly onHung: (outcome: HungOutcome) => void;
  /** How long a stop may take, ms. */
  readonly stopMs: number;
  readonly clock?: Clock | undefined;
}

/** Young generation of a worker's heap, MiB. */
const YOUNG_MB = 6;
const RESTART = { firstMs: 50, maxMs: 5000 };
/**
 * A worker whose event loop stood still this long hangs, ms. Each write waits for the kernel, and a kernel whose disk is slow lets it wait for
 * many seconds: Linux itself begins to call a task hung after this time.
 */
const HUNG_MS = 120_000;
/** A worker that has run this long starts counting its crashes anew, ms. */
const STEADY_MS = 60_000;

/** Starts a worker thread and keeps it running; resolves when it listens, rejects when it cannot the first time. */
export async function startWorker(options: WorkerOptions): Promise<WorkerHandle> {
  let isStopping = false;
  let crashes = 0;
  let timer: NodeJS.Timeout | undefined;
  let current = await launch(options, (error) => died(error));

  function died(error: unknown): void {
    if (isStopping) return;
    const { threadId, startedMs } = current;
    options.onDied(threadId, error);
    crashes = performance.now() - startedMs > STEADY_MS ? 0 : crashes + 1;
    timer = setTimeout(restart, backoffMs(crashes, RESTART));
  }

  function restart(): void {
    launch(options, (error) => died(error)).then(
      (launched) => {
        current = launched;
        if (isStopping) void launched.worker.terminate();
      },
      (error: unknown) => died(error),
    );
  }

  return {
    get threadId() {
      return current.threadId;
    },
    get port() {
      return current.port;
    },
    get isStuck() {
      return current.isStuck();
    },
    post: (message) => current.worker.postMessage(message),
    async kill() {
      await current.worker.terminate();
    },
    async [Symbol.asyncDispose]() {
      if (isStopping) return;
      isStopping = true;
      clearTimeout(timer);
      const { worker, exited } = current;
      worker.postMessage({ kind: 'stop' } satisfies ToWorker);
      const limit = setTimeout(() => void worker.terminate(), options.stopMs);
      // One that a call of the system holds cannot be waited for.
      await Promise.race([exited, delay(2 * options.stopMs, undefined, { ref: false })]);
      clearTimeout(limit);
    },
  };
}

interface Launched {
  readonly worker: Worker;
  readonly threadId: number;
  readonly port: number;
  readonly startedMs: number;
  readonly exited: Promise<void>;
  readonly isStuck: () => boolean;
}

async function launch(options: WorkerOptions, onDied: (error: unknown) => void): Promise<Launched> {
  const pulse = newPulse();
  const worker = new Worker(new URL(WORKER_FILE, import.meta.url), {
    name: 'ingest',
    workerData: { ...options.settings(), pulse } satisfies WorkerStart,
    // A small young generation: what ingest allocates is short-lived, and the default would cost each worker tens of megabytes.
    resourceLimits: { maxOldGenerationSizeMb: options.heapMb, maxYoungGenerationSizeMb: YOUNG_MB },
  });
  // Kept here because the thread's own id is -1 once it has ended.
  const { threadId } = worker;
  const listening = Promise.withResolvers<number>();
  let isListening = false;
  let failure: unknown = new Error('the worker thread ended');
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'listening') {
      isListening = true;
      listening.resolve(message.port);
    } else if (message.kind === 'failed') {
      failure = new UserError('PORT_UNAVAILABLE', `an ingest worker cannot listen: ${message.message}`, {
        hint: 'The message of the system says why; the receiver needs this port to itself.',
      });
      void worker.terminate();
    } else {
      options.onMessage(message);
    }
  });
  worker.on('error', (error) => {
    failure = error;
  });
  let isStuck = false;
  watchWorker(worker, {
    ...{ pulse, limitMs: HUNG_MS, clock: options.clock },
    onHung() {
      failure = new Error(`the worker thread did nothing for ${HUNG_MS / 1000} s`);
    },
    onOutcome(outcome) {
      isStuck = outcome === 'stuck';
      options.onHung(outcome);
    },
  });
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      resolve();
      if (isListening) onDied(failure);
      else listening.reject(failure);
    });
  });
  const startedMs = performance.now();
  const port = await listening.promise;
  return { worker, threadId, port, startedMs, exited, isStuck: () => isStuck };
}

/** The same file stands beside this one in the sources and in the built package. */
const WORKER_FILE = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
