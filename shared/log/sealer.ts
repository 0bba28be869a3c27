import type { LogPaths } from './log.ts';
import { SegmentAlteredError, sealSegment } from './seal-segment.ts';
import type { SegmentRecord } from './segment-records.ts';

/** A closed segment to be sealed. */
export interface SealJob {
  readonly paths: LogPaths;
  readonly number: number;
  /** The record that a follower has from the writer; the writer itself has none. */
  readonly expected?: SegmentRecord | undefined;
  /** CRC-32 of what was written to it, where its writer knows that. */
  readonly crc?: number | undefined;
  /** Its file does not hold what was written; it stays plain. */
  readonly onAltered?: (() => void) | undefined;
  readonly onSealed?: ((record: SegmentRecord) => void) | undefined;
}

/** Seals closed segments one after the other, in the background. Disposing gives up the one under way; it is done again later. */
export interface Sealer extends AsyncDisposable {
  /** Puts a segment into the queue. */
  enqueue(job: SealJob): void;
  /** Resolves when the queue is empty. */
  idle(): Promise<void>;
}

/** Options of {@link startSealer}. */
export interface SealerOptions {
  /** Told when a segment could not be sealed. Its plain file stays, and is tried again when the copy is next opened. */
  readonly onError: (job: SealJob, error: unknown) => void;
}

/** Starts a sealer. One a thread is enough: at midnight every node's segment ends, and they should take turns. */
export function startSealer(options: SealerOptions): Sealer {
  const stop = new AbortController();
  const queue: SealJob[] = [];
  let running: Promise<void> | undefined;

  async function work(): Promise<void> {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      try {
        const record = await sealSegment(job.paths, job.number, job, stop.signal);
        job.onSealed?.(record);
      } catch (error) {
        if (stop.signal.aborted) return;
        if (error instanceof SegmentAlteredError && job.onAltered !== undefined) job.onAltered();
        else options.onError(job, error);
      }
    }
    running = undefined;
  }

  return {
    enqueue(job) {
      if (stop.signal.aborted) return;
      queue.push(job);
      running ??= work();
    },
    idle: async () => await running,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
