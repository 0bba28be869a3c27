import { rm, stat } from 'node:fs/promises';
import { errnoOf } from '../errors/errors.ts';
import { type LogPaths, plainSegmentPath, sealedSegmentPath } from './log.ts';
import { exists } from './seal-segment.ts';
import { readSegmentRecords, recordDropped, type SegmentRecord } from './segment-records.ts';

/** How much of a log a copy keeps. What is not given is not limited. */
export interface RetentionLimits {
  readonly maxAgeMs?: number | undefined;
  /** Of the compressed segments together, bytes. */
  readonly maxBytes?: number | undefined;
}

const DAY_MS = 86_400_000;

/** A sealed segment with the space it takes. */
export interface StoredRecord {
  readonly record: SegmentRecord;
  /** Compressed, bytes. */
  readonly storedBytes: number;
}

/**
 * Chooses what to drop, oldest first: what is older than the age, and what is over the bytes. Only segments before
 * `droppableBefore` may go (for a sender: those that the receiver has acknowledged).
 *
 * A clock that jumps by a year makes everything look old, and must not empty a copy. So a segment is dropped for its age only if
 * lines of as many later days are kept; and a segment is never younger than one that was written after it.
 */
export function chooseDropped(
  stored: readonly StoredRecord[],
  limits: RetentionLimits,
  droppableBefore: number,
  nowMs: number,
): readonly number[] {
  let total = stored.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const dropped: number[] = [];
  const maxAgeMs = limits.maxAgeMs ?? Infinity;
  const oldestFirst = [...stored].sort((a, b) => a.record.number - b.record.number);
  const laterDays = countLaterDays(oldestFirst);
  const endMs = leastOfRest(oldestFirst.map(({ record }) => record.toMs));
  for (const [index, { record, storedBytes }] of oldestFirst.entries()) {
    const isOld =
      nowMs - (endMs[index] ?? nowMs) > maxAgeMs && (laterDays[index] ?? 0) >= Math.floor(maxAgeMs / DAY_MS);
    const isOver = limits.maxBytes !== undefined && total > limits.maxBytes;
    if (record.number >= droppableBefore || !(isOld || isOver)) break;
    dropped.push(record.number);
    total -= storedBytes;
  }
  return dropped;
}

/** For each segment the number of different days (UTC) on which later ones end. */
function countLaterDays(oldestFirst: readonly StoredRecord[]): readonly number[] {
  const days = new Set<number>();
  return oldestFirst
    .toReversed()
    .map(({ record }) => {
      const later = days.size;
      days.add(Math.floor(record.toMs / DAY_MS));
      return later;
    })
    .reverse();
}

/** Each number, or a smaller one that follows it. */
function leastOfRest(numbers: readonly number[]): readonly number[] {
  let least = Infinity;
  return numbers
    .toReversed()
    .map((number) => {
      least = Math.min(least, number);
      return least;
    })
    .reverse();
}

/** Drops what {@link chooseDropped} chooses from a copy; returns the numbers. */
export async function applyRetention(
  paths: LogPaths,
  limits: RetentionLimits,
  droppableBefore: number,
  nowMs: number,
): Promise<readonly number[]> {
  if (limits.maxAgeMs === undefined && limits.maxBytes === undefined) return [];
  const { sealed } = await readSegmentRecords(paths);
  const stored: StoredRecord[] = [];
  for (const record of sealed.values()) {
    // Followers record before they compress. Its sealing would bring a dropped segment back.
    if (await exists(plainSegmentPath(paths, record.number))) break;
    stored.push({ record, storedBytes: await sizeOf(sealedSegmentPath(paths, record.number)) });
  }
  const dropped = chooseDropped(stored, limits, droppableBefore, nowMs);
  for (const number of dropped) await drop(paths, number);
  return dropped;
}

async function drop(paths: LogPaths, number: number): Promise<void> {
  const file = sealedSegmentPath(paths, number);
  try {
    await recordDropped(paths, number);
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '')) throw error;
    // A disk so full that it has no room for the record gets some by what is dropped. Killed in between, the next retention finds
    // a segment that takes no space, and records it.
    await rm(file, { force: true });
    await recordDropped(paths, number);
  }
  await rm(file, { force: true });
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
