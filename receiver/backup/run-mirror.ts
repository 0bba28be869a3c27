import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../shared/errors/errors.ts';
import { makeDirectory } from '../../shared/files/make-directory.ts';
import { syncDirectory } from '../../shared/files/sync-directory.ts';
import type { Position } from '../../shared/log/position.ts';
import type { RetentionLimits } from '../../shared/log/retention.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { type DirectoryDecision, decideDirectory, gatherFacts } from './check-directory.ts';
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
import { type MirrorSuccess, readMirrorRecord, writeMirrorRecord } from './mirror-record.ts';

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
  /** When its copying ended, ms since 1970. */
  readonly atMs: number;
  /** Where the mirror's copy ends; undefined when it could not be copied, or is empty. */
  readonly end: Position | undefined;
  readonly writtenBytes: number;
  /** How much more the mirror has of the segment it is in than the live log; bytes. */
  readonly aheadBytes: number;
  readonly problem: MirrorProblem | undefined;
}

/** How a run ended. */
export type MirrorRun =
  /** Nothing was written. */
  | { readonly kind: 'refused'; readonly problem: MirrorProblem }
  /** Some logs, or the rest of them, could not be copied. */
  | { readonly kind: 'failed'; readonly problem: MirrorProblem; readonly logs: readonly MirroredLog[] }
  /** Every log is as far as its live copy was. */
  | { readonly kind: 'succeeded'; readonly success: MirrorSuccess; readonly logs: readonly MirroredLog[] };

/**
 * Brings the whole mirror up to date, one log after the other. Not for overlapping calls.
 *
 * @throws the reason of `signal`.
 */
export async function runMirror(options: RunMirrorOptions): Promise<MirrorRun> {
  const logs: MirroredLog[] = [];
  const fail = (error: unknown): MirrorRun => {
    options.signal.throwIfAborted();
    return { kind: 'failed', problem: failureProblem(options.directory, error), logs };
  };
  try {
    const began = options.clock.monotonic();
    const prepared = await prepare(options);
    if (typeof prepared !== 'string') return { kind: 'refused', problem: refusalProblem(prepared) };
    await copyAll(options, prepared, logs);
    const failed = logs.filter(({ end, problem }) => end === undefined && problem !== undefined);
    if (failed.length > 0) return fail(incomplete(failed, logs.length));
    const success = {
      atMs: options.clock.now(),
      tookMs: options.clock.monotonic() - began,
      writtenBytes: sumOf(logs),
    };
    await writeMirrorRecord(options.recordPath, prepared, success);
    return { kind: 'succeeded', success, logs };
  } catch (error) {
    return fail(error);
  }
}

function incomplete(failed: readonly MirroredLog[], count: number): Error {
  const names = failed.slice(0, 5).map(({ name }) => name);
  const more = failed.length > names.length ? `${names.join(', ')}, …` : names.join(', ');
  return new Error(`${failed.length} of ${count} logs could not be copied (${more})`);
}

/** Decides whether the directory may be used, and makes it a mirror when it is to become one. */
async function prepare(
  options: RunMirrorOptions,
): Promise<MirrorId | (DirectoryDecision & { kind: 'refuse' })> {
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
  if (record.kind !== 'known' || record.id !== id) await writeMirrorRecord(recordPath, id, undefined);
  await makeDirectory(join(directory, 'logs'));
  return id;
}

async function copyAll(options: RunMirrorOptions, id: MirrorId, logs: MirroredLog[]): Promise<void> {
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
    const mirrored = await copyOne(options, log, tell);
    if (mirrored !== undefined) logs.push(mirrored);
  }
}

async function copyOne(
  options: RunMirrorOptions,
  log: FoundLog,
  onWritten: (bytes: number) => void,
): Promise<MirroredLog | undefined> {
  const name = logName(log);
  try {
    const outcome = await mirrorOneLog({
      ...options,
      mirrorRoot: join(options.directory, 'logs'),
      log,
      onWritten,
    });
    if (outcome === undefined) return undefined;
    const { end, writtenBytes, aheadBytes, notes } = outcome;
    const problem = notes.length === 0 ? undefined : logProblem(name, undefined, notes);
    return { name, atMs: options.clock.now(), end, writtenBytes, aheadBytes, problem };
  } catch (error) {
    options.signal.throwIfAborted();
    if (isDriveError(error)) throw error;
    const problem = logProblem(name, error, []);
    return { name, atMs: options.clock.now(), end: undefined, writtenBytes: 0, aheadBytes: 0, problem };
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
