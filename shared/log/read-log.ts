import { errnoOf } from '../errors/errors.ts';
import { listSegments } from './list-segments.ts';
import type { LogPaths } from './log.ts';
import type { Position } from './position.ts';
import { readStored, SegmentMovedError } from './read-stored.ts';

/** A run of a log's bytes and where it lies. */
export interface LogChunk extends Position {
  readonly bytes: Buffer;
}

/**
 * Reads one segment from `offset` to its present end, whether it lies open, closed or compressed; nothing when this copy does
 * not have it. Safe beside the program that writes: a segment that is closed or sealed meanwhile is found again.
 */
export async function* readSegment(
  paths: LogPaths,
  number: number,
  offset = 0,
  signal?: AbortSignal,
): AsyncGenerator<LogChunk, void, void> {
  let at = offset;
  // Each of the two moves (open → closed → sealed) may happen once between listing and opening.
  for (let tries = 0; tries < 4; tries++) {
    const stored = (await listSegments(paths)).find((segment) => segment.number === number);
    if (stored === undefined) return;
    try {
      for await (const bytes of readStored(stored, { from: at, signal })) {
        yield { segment: number, offset: at, bytes };
        at += bytes.length;
      }
      return;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' && !(error instanceof SegmentMovedError)) throw error;
    }
  }
}

/** Reads a log from a position (its beginning when not given) to its present end, across segments. */
export async function* readLog(
  paths: LogPaths,
  from: Position = { segment: 1, offset: 0 },
  signal?: AbortSignal,
): AsyncGenerator<LogChunk, void, void> {
  for (const { number } of await listSegments(paths)) {
    if (number < from.segment) continue;
    yield* readSegment(paths, number, number === from.segment ? from.offset : 0, signal);
  }
}
