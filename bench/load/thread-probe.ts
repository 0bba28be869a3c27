/**
 * Looked into with `--import`, it tells of each thread of a program, once a period, what lives on its heap after a collection and how late its event
 * loop was: a JSON object a line, in `FLEETKEEP_PROBE_DIRECTORY`, one file a thread. Needs `--expose-gc`.
 */

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread, threadId, threadName } from 'node:worker_threads';

/** A line of a probe. */
export interface ProbeLine {
  readonly thread: string;
  /** Since the program's start, ms. */
  readonly atMs: number;
  /** What lives after a collection, bytes: objects, and memory outside of the heap that they hold. */
  readonly liveBytes: number;
  /** How late the event loop was since the line before: 99 of 100 times less than this, and at most, ms. */
  readonly p99Ms: number;
  readonly maxMs: number;
  /** The same since the start of the thread, collections included: 99 of 100 times less than this, ms. */
  readonly allP99Ms: number;
}

const directory = process.env['FLEETKEEP_PROBE_DIRECTORY'];
const PERIOD_MS = 10_000;
const RESOLUTION_MS = 5;

if (directory !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const all = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  all.enable();
  const thread = isMainThread ? 'main' : `${threadName}-${threadId}`;
  const path = join(directory, `${process.pid}-${thread}.ndjson`);
  setInterval(() => {
    // The histogram holds the time between two wake-ups, which is the resolution when nothing is late.
    const late = (ns: number) => Math.max(0, ns / 1e6 - RESOLUTION_MS);
    const [p99Ms, maxMs] = [late(delay.percentile(99)), late(delay.max)];
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    const line: ProbeLine = {
      ...{ thread, p99Ms, maxMs, atMs: performance.now() },
      liveBytes: heapUsed + external,
      allP99Ms: late(all.percentile(99)),
    };
    appendFileSync(path, `${JSON.stringify(line)}\n`);
    // The collection is not the program's doing.
    delay.reset();
  }, PERIOD_MS).unref();
}
