/**
 * The recorder: samples the machine at its interval and keeps the lines in the local log. It knows nothing of the network.
 *
 * 1. A sample is taken at its moment or not at all: what is missed (a slow disk, a suspended machine) is not made up for by several
 *    at once, and samples never overlap.
 * 2. A line that cannot be kept is counted, never silently dropped; as soon as lines can be kept again the log itself says how
 *    many are missing, since when and why.
 * 3. The local copy is synced every `syncMs` at most, which is kind to SD cards; a power cut costs that much of what no receiver
 *    has acknowledged.
 * 4. Only sealed segments that a receiver has acknowledged are dropped: by age and size, and when the disk is full one for each
 *    sample that has no room, oldest first: no more goes than has to.
 * 5. A failure that repeats is logged when it begins, changes and ends.
 */

import { describeError, errnoOf } from '../../shared/errors/errors.ts';
import type { LogWriter } from '../../shared/log/log-writer.ts';
import { applyRetention, type RetentionLimits } from '../../shared/log/retention.ts';
import type { Logger } from '../../shared/logging/logger.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { type Every, every } from '../../shared/time/every.ts';
import { encodeEvent } from '../sampler/event-line.ts';
import { FailureLog } from './failure-log.ts';
import { startTicker } from './ticker.ts';

/** A line that is written now and then, beside the samples. */
export interface ExtraLine {
  readonly name: string;
  /** Makes the line, without `\n`. */
  readonly read: (atMs: number) => Promise<string>;
  /** Between two of them, ms. The first comes at once. */
  readonly intervalMs: number;
}

/** Options of {@link startRecorder}. */
export interface RecorderOptions {
  /** Makes the line of a sample, without `\n`. */
  readonly sample: (atMs: number) => string;
  readonly extraLines: readonly ExtraLine[];
  readonly writer: LogWriter;
  /** Between two samples, ms. */
  readonly intervalMs: number;
  /** Between two syncs of the local copy, ms; 0: every line. */
  readonly syncMs: number;
  readonly retention: RetentionLimits;
  /** Everything before this segment is acknowledged. */
  readonly acknowledgedSegment: () => number;
  readonly onSample: (line: string) => void;
  /** Samples could not be kept; told when keeping them works again. */
  readonly onLost: (samples: number, sinceMs: number, reason: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Samples that could not be kept so far. */
interface Loss {
  readonly samples: number;
  readonly sinceMs: number;
  readonly reason: string;
}

/** How the recorder does; shown by `status`. */
export interface RecorderState {
  readonly samples: number;
  readonly lastSampleAtMs: number | undefined;
  /** Samples that are being lost now, because the local copy cannot be written. */
  readonly losing: Loss | undefined;
}

/** A running recorder. Disposing ends sampling and syncs. */
export interface Recorder extends AsyncDisposable {
  /** Changes the interval; the next sample comes that long after the last. */
  setInterval(intervalMs: number): void;
  state(): RecorderState;
}

const RETENTION_MS = 3_600_000;

/** Starts sampling. */
export function startRecorder(options: RecorderOptions): Recorder {
  const { writer, clock, log } = options;
  let { intervalMs } = options;
  let samples = 0;
  let lastSampleAtMs: number | undefined;
  let losing: Loss | undefined;
  let acknowledged = options.acknowledgedSegment();
  /** A sync that is nearly due is done with a sample: to wake for it costs more than the sync. */
  let syncedAtMs = clock.monotonic();

  /** Appends a line; `false` when it could not be kept. */
  function keep(line: string, atMs: number): boolean {
    try {
      if (losing !== undefined) writer.append(encodeEvent(atMs, { kind: 'lost', ...losing }), atMs);
      if (losing !== undefined) recovered(losing);
      writer.append(line, atMs);
      return true;
    } catch (error) {
      lose(error, atMs);
      return false;
    }
  }

  function lose(error: unknown, atMs: number): void {
    if (losing === undefined)
      log.error({ err: error }, 'the local log cannot be written; samples are being lost');
    const reason = errnoOf(error) ?? describeError(error);
    losing = { samples: (losing?.samples ?? 0) + 1, sinceMs: losing?.sinceMs ?? atMs, reason };
    freeing.trigger();
  }

  function recovered(loss: Loss): void {
    losing = undefined;
    log.warn(
      { samples: loss.samples, reason: loss.reason },
      'the local log can be written again; samples were lost',
    );
    options.onLost(loss.samples, loss.sinceMs, loss.reason);
  }

  function takeSample(): void {
    const atMs = clock.now();
    const line = options.sample(atMs);
    options.onSample(line);
    if (!keep(line, atMs)) return;
    samples += 1;
    lastSampleAtMs = atMs;
    if (clock.monotonic() - syncedAtMs >= options.syncMs - intervalMs / 2) syncing.trigger();
  }

  /** Retention has to wait for acknowledgements, and many a machine is never on for as long as its interval. */
  function lookForAcknowledged(): void {
    const before = acknowledged;
    acknowledged = options.acknowledgedSegment();
    if (acknowledged > before) retention.trigger();
  }

  async function makeRoom(): Promise<void> {
    if (losing === undefined) return;
    const oldest = Math.min(...writer.sealed.keys());
    await dropOld({ maxBytes: 0 }, Math.min(options.acknowledgedSegment(), oldest + 1));
  }

  async function dropOld(limits: RetentionLimits, droppableBefore: number): Promise<void> {
    const dropped = await applyRetention(writer.paths, limits, droppableBefore, clock.now());
    for (const number of dropped) writer.forget(number);
    if (dropped.length > 0) log.info({ dropped }, 'acknowledged segments dropped');
  }

  /** Does a duty at its interval and tells of its failures. */
  function repeat(duty: () => Promise<void>, intervalMs: number, failures: FailureLog): Every {
    return every(failures.watch(duty), { intervalMs, clock, onError: failures.failed });
  }

  const retention = repeat(
    async () => await dropOld(options.retention, options.acknowledgedSegment()),
    RETENTION_MS,
    new FailureLog(log, {
      failed: 'old segments could not be dropped',
      worksAgain: 'old segments can be dropped again',
    }),
  );
  const freeing = repeat(
    makeRoom,
    RETENTION_MS,
    new FailureLog(log, { failed: 'no room could be made', worksAgain: 'room can be made again' }),
  );
  const syncing = repeat(
    async () => {
      syncedAtMs = clock.monotonic();
      await writer.sync();
    },
    Math.max(options.syncMs, 100),
    new FailureLog(log, {
      failed: 'the local log could not be synced',
      worksAgain: 'the local log can be synced again',
    }),
  );
  const extras = options.extraLines.map(({ name, read, intervalMs }) => {
    const writeLine = async () => {
      const atMs = clock.now();
      const line = await read(atMs);
      // A sample is what must not be lost; of the others the next one serves as well.
      if (losing === undefined) writer.append(line, atMs);
    };
    const messages = { failed: `no ${name} line`, worksAgain: `${name} lines again` };
    const extra = repeat(writeLine, intervalMs, new FailureLog(log, messages));
    extra.trigger();
    return extra;
  });
  const sampling = new FailureLog(log, {
    failed: 'a sample could not be taken',
    worksAgain: 'samples can be taken again',
  });
  const ticker = startTicker({
    intervalMs,
    clock,
    onTick() {
      lookForAcknowledged();
      takeSample();
      sampling.done();
    },
    onError: sampling.failed,
  });

  return {
    setInterval(nextMs) {
      intervalMs = nextMs;
      ticker.setInterval(nextMs);
    },
    state: () => ({ samples, lastSampleAtMs, losing }),
    async [Symbol.asyncDispose]() {
      ticker[Symbol.dispose]();
      await Promise.all([...extras, retention, freeing, syncing].map((duty) => duty[Symbol.asyncDispose]()));
    },
  };
}
