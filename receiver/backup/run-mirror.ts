import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../shared/errors/errors.ts';
import { makeDirectory } from '../../shared/files/make-directory.ts';
import { syncDirectory } from '../../shared/files/sync-directory.ts';
import { readLogMeta } from '../../shared/log/log-meta.ts';
import type { Position } from '../../shared/log/position.ts';
import type { RetentionLimits } from '../../shared/log/retention.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { type DirectoryDecision, decideDirectory, gatherFacts } from './check-directory.ts';
import { type CopyFaults, findFaults } from './find-faults.ts';
import { type FoundLog, findLogs, logName } from './find-logs.ts';
import { type MirrorId, readMarker, writeMarker } from './marker.ts';
import { mirrorOneLog } from './mirror-one-log.ts';
import {
  failureProblem,
  isDriveError,
  logProblem,
  type MirrorProblem,
  refusalProblem,
} from './mirror-problem.ts';
import {
  type MirrorMemory,
  type MirrorSuccess,
  NOTHING_MIRRORED,
  type RecordedLog,
  readMirrorRecord,
  writeMirrorRecord,
} from './mirror-record.ts';
import { Scrub, type ScrubReach, type SuspectSegment } from './scrub.ts';

/** Options of {@link runMirror}. */
export interface RunMirrorOptions {
  /** The live logs. */
  readonly logsRoot: string;
  /** `to_directory`. */
  readonly directory: string;
  /** `mirror.json`, on the receiver's own disk. */
  readonly recordPath: string;
  readonly allowSameDevice: boolean;
  readonly requireMountPoint: boolean;
  /** What the mirror itself keeps of each log. */
  readonly retention: RetentionLimits;
  /** Boot id of this machine. */
  readonly bootId: string;
  readonly clock: Clock;
  /** The administrator says that the mirror begins anew on this drive. */
  readonly isNewDrive: boolean;
  /** Which sealed segments of both copies are read again. */
  readonly reach: ScrubReach;
  /** Segments that somebody found damaged or missing; they are read again in any case. */
  readonly suspects: readonly SuspectSegment[];
  readonly onProgress?: ((progress: MirrorProgress) => void) | undefined;
  readonly signal: AbortSignal;
}

/** How far a run is. */
export interface MirrorProgress {
  /** The log being copied. */
  readonly name: string;
  /** Its place among all logs, from 1, and how many there are. */
  readonly index: number;
  readonly count: number;
  /** Written in this run so far, bytes. */
  readonly writtenBytes: number;
}

/** One log of the mirror after a run. */
export interface MirroredLog {
  /** `node-7`, or `node-7@ID` when it is archived. */
  readonly name: string;
  /** Id of the log; undefined when it could not be copied. */
  readonly log: LogId | undefined;
  /** When its copying ended, ms since 1970. */
  readonly atMs: number;
  /** Where the mirror's copy ends; undefined when it could not be copied, or is empty. */
  readonly end: Position | undefined;
  readonly writtenBytes: number;
  /** How much more the mirror has of the segment it is in than the live log; bytes. */
  readonly aheadBytes: number;
  readonly problem: MirrorProblem | undefined;
}

/** A segment that the live copy lacks and the mirror could not give back: the node may have it. */
export interface WantedSegment extends SuspectSegment {
  readonly node: NodeName;
  readonly log: LogId;
}

/** How a run ended, and which segments only the nodes can give. */
export type MirrorRun = { readonly wanted: readonly WantedSegment[] } & (
  | {
      /** Nothing was written. */
      readonly kind: 'refused';
      readonly problem: MirrorProblem;
    }
  | {
      /** Some logs, or the rest of them, could not be copied. */
      readonly kind: 'failed';
      readonly problem: MirrorProblem;
      readonly logs: readonly MirroredLog[];
    }
  | {
      /** Every log is as far as its live copy was. */
      readonly kind: 'succeeded';
      readonly success: MirrorSuccess;
      readonly logs: readonly MirroredLog[];
    }
);

/**
 * Brings the whole mirror up to date, one log after the other, and gives live logs back what they lost. Not for overlapping calls.
 *
 * @throws the reason of `signal`.
 */
export async function runMirror(options: RunMirrorOptions): Promise<MirrorRun> {
  const logs: MirroredLog[] = [];
  const wanted: WantedSegment[] = [];
  const fail = (error: unknown): MirrorRun => {
    options.signal.throwIfAborted();
    return { kind: 'failed', problem: failureProblem(options.directory, error), logs, wanted };
  };
  try {
    const began = options.clock.monotonic();
    const prepared = await prepare(options);
    if (prepared.kind === 'refuse') {
      const problem = refusalProblem(prepared);
      return { kind: 'refused', problem, wanted: await findWanted(options) };
    }
    const { id, memory } = prepared;
    const scrub = new Scrub({ ...options, from: memory.scrubbed });
    await copyAll(options, id, scrub, { logs, wanted });
    const remembered = { logs: remember(memory.logs, logs), scrubbed: scrub.reached };
    const failed = logs.filter(({ end, problem }) => end === undefined && problem !== undefined);
    if (failed.length > 0) {
      await writeMirrorRecord(options.recordPath, id, { ...memory, ...remembered });
      return fail(incomplete(failed, logs.length));
    }
    const success = {
      atMs: options.clock.now(),
      tookMs: options.clock.monotonic() - began,
      writtenBytes: sumOf(logs),
      uptime: { bootId: options.bootId, ms: Math.round(options.clock.uptime()) },
    };
    await writeMirrorRecord(options.recordPath, id, { ...remembered, lastSuccess: success });
    return { kind: 'succeeded', success, logs, wanted };
  } catch (error) {
    return fail(error);
  }
}

/** Without a mirror the live logs are looked at all the same: the nodes may have what they lost. */
async function findWanted(options: RunMirrorOptions): Promise<readonly WantedSegment[]> {
  const { reach, suspects, logsRoot, signal } = options;
  const scrub = new Scrub({ reach, suspects, from: undefined });
  const wanted: WantedSegment[] = [];
  for (const log of await findLogs(logsRoot)) {
    const id = await readLogMeta(log.paths).then(
      (meta) => meta?.id,
      () => undefined,
    );
    if (id === undefined) continue;
    const chosen = await scrub.choose(logName(log), log.paths);
    const faults = await findFaults(log.paths, {
      isRead: (number) => chosen.has(number),
      known: chosen,
      signal,
    });
    wanted.push(...wantedOf(log, id, faults));
  }
  return wanted;
}

/** An archived log is on no node any more. */
function wantedOf(log: FoundLog, id: LogId, faults: CopyFaults): readonly WantedSegment[] {
  if (log.archivedId !== undefined) return [];
  const { damaged, missing, partial, unrecorded } = faults;
  const numbers = [...new Set([...damaged, ...missing, ...partial, ...unrecorded])].sort((a, b) => a - b);
  return numbers.map((segment) => ({ name: logName(log), node: log.node, log: id, segment }));
}

/** A log that is not there any more stays on record, so that somebody notices. */
function remember(before: readonly RecordedLog[], logs: readonly MirroredLog[]): readonly RecordedLog[] {
  const known = new Map(before.map((one) => [one.log, one]));
  for (const { log, name, end } of logs)
    if (log !== undefined && end !== undefined) known.set(log, { log, name, end });
  return [...known.values()];
}

function incomplete(failed: readonly MirroredLog[], count: number): Error {
  const names = failed.slice(0, 5).map(({ name }) => name);
  const more = failed.length > names.length ? `${names.join(', ')}, …` : names.join(', ');
  return new Error(`${failed.length} of ${count} logs could not be copied (${more})`);
}

/** Decides whether the directory may be used, and makes it a mirror when it is to become one. */
async function prepare(
  options: RunMirrorOptions,
): Promise<{ kind: 'ready'; id: MirrorId; memory: MirrorMemory } | (DirectoryDecision & { kind: 'refuse' })> {
  const { directory, logsRoot, recordPath, clock } = options;
  const record = await readMirrorRecord(recordPath);
  const decision = decideDirectory(await gatherFacts(directory, logsRoot), { ...options, record });
  if (decision.kind === 'refuse') return decision;
  if (decision.kind === 'begin' && decision.isMissing) {
    await mkdir(directory);
    await syncDirectory(dirname(directory));
  }
  const id = decision.kind === 'begin' ? await writeMarker(directory, clock.now()) : decision.id;
  // Durable before the first byte: from now on a directory without this marker is a drive that is not mounted.
  const memory = record.kind === 'known' && record.id === id ? record : NOTHING_MIRRORED;
  if (memory === NOTHING_MIRRORED) await writeMirrorRecord(recordPath, id, memory);
  await makeDirectory(join(directory, 'logs'));
  return { kind: 'ready', id, memory };
}

interface Results {
  readonly logs: MirroredLog[];
  readonly wanted: WantedSegment[];
}

async function copyAll(
  options: RunMirrorOptions,
  id: MirrorId,
  scrub: Scrub,
  results: Results,
): Promise<void> {
  const { logs } = results;
  const found = await findLogs(options.logsRoot);
  for (const [index, log] of found.entries()) {
    options.signal.throwIfAborted();
    await assertStillThere(options.directory, id);
    const name = logName(log);
    const before = sumOf(logs);
    let current = 0;
    const tell = (bytes: number) => {
      current += bytes;
      options.onProgress?.({ name, index: index + 1, count: found.length, writtenBytes: before + current });
    };
    tell(0);
    await copyOne(options, log, await scrub.choose(name, log.paths), tell, results);
  }
}

async function copyOne(
  options: RunMirrorOptions,
  log: FoundLog,
  chosen: ReadonlySet<number>,
  onWritten: (bytes: number) => void,
  { logs, wanted }: Results,
): Promise<void> {
  const name = logName(log);
  const mirrorRoot = join(options.directory, 'logs');
  try {
    const isThorough = options.reach === 'all';
    const outcome = await mirrorOneLog({ ...options, isThorough, mirrorRoot, log, chosen, onWritten });
    if (outcome === undefined) return;
    const { id, end, writtenBytes, aheadBytes, notes } = outcome;
    wanted.push(...wantedOf(log, id, outcome.faults));
    const problem = notes.length === 0 ? undefined : logProblem(name, undefined, notes);
    logs.push({ name, log: id, atMs: options.clock.now(), end, writtenBytes, aheadBytes, problem });
  } catch (error) {
    options.signal.throwIfAborted();
    if (isDriveError(error)) throw error;
    const problem = logProblem(name, error, []);
    const nothing = { log: undefined, end: undefined, writtenBytes: 0, aheadBytes: 0 };
    logs.push({ name, ...nothing, atMs: options.clock.now(), problem });
  }
}

/** The drive may be unmounted between two logs; then the next one would be made on the disk below. */
async function assertStillThere(directory: string, id: MirrorId): Promise<void> {
  const marker = await readMarker(directory);
  if (marker.kind === 'found' && marker.id === id) return;
  throw new UserError('MIRROR_UNUSABLE', 'the drive went away while it was being written to');
}

function sumOf(logs: readonly MirroredLog[]): number {
  return logs.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0);
}
