import { rmSync } from 'node:fs';
import { syncDirectorySync } from '../files/sync-directory.ts';
import type { LogId } from '../names/log-id.ts';
import { type LogPaths, plainSegmentPath } from './log.ts';
import { OpenSegment } from './open-segment.ts';
import { encodeSegmentHeader } from './segment-header.ts';
import { temporaryPath } from './temporary-file.ts';

/** Distance between the CRC-32 values that a writer remembers of its open segment, bytes: what it can prove when the file is changed. */
export const WRITER_MARK_BYTES = 64 * 1024;

/** What a new segment is begun with. */
export interface NewSegment {
  readonly paths: LogPaths;
  readonly bootId: string;
  readonly id: LogId;
  readonly number: number;
  /** ms since 1970. */
  readonly atMs: number;
}

/**
 * Begins a new segment, durable before anything of it can leave the machine (invariant 3), and moves the file of the one before it,
 * `old`, out of its way. The new file gets its name last: what bears the open segment's name always has a whole first line,
 * and a full disk is met while nothing has been moved yet. Failing, it can be tried again.
 */
export function beginSegment(
  { paths, bootId, id, number, atMs }: NewSegment,
  old?: OpenSegment,
): OpenSegment {
  const temporary = temporaryPath(plainSegmentPath(paths, number));
  const segment = new OpenSegment(temporary, number, { bytes: 0, crc: 0 }, WRITER_MARK_BYTES);
  try {
    const header = { log: id, node: paths.node, segment: number, bootId, atMs };
    segment.append([Buffer.from(encodeSegmentHeader(header))]);
    segment.syncFileSync();
    old?.syncFileSync();
    old?.moveTo(plainSegmentPath(paths, old.number));
    segment.moveTo(paths.open);
    syncDirectorySync(paths.root);
    syncDirectorySync(paths.directory);
    return segment;
  } catch (error) {
    segment.close();
    rmSync(segment.path, { force: true });
    throw error;
  }
}
