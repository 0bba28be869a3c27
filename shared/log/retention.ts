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

/** A sealed segment with the space it takes. */
export interface StoredRecord {
  readonly record: SegmentRecord;
  /** Compressed, bytes. */
  readonly storedBytes: number;
}

/**
 * Chooses what to drop, oldest first: what is older than the age, and what is over the bytes. Only segments before
 * `droppableBefore` may go (for a sender: those that the receiver has acknowledged).
 */
export function chooseDropped(
  stored: readonly StoredRecord[],
  limits: RetentionLimits,
  droppableBefore: number,
  nowMs: number,
): readonly number[] {
  let total = stored.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const dropped: number[] = [];
  for (const { record, storedBytes } of [...stored].sort((a, b) => a.record.number - b.record.number)) {
    const isOld = limits.maxAgeMs !== undefined && nowMs - record.toMs > limits.maxAgeMs;
    const isOver = limits.maxBytes !== undefined && total > limits.maxBytes;
    if (record.number >= droppableBefore || !(isOld || isOver)) break;
    dropped.push(record.number);
    total -= storedBytes;
  }
  return dropped;
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
