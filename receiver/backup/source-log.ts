import { digestOf } from '../../shared/log/digest.ts';
import { listSegments } from '../../shared/log/list-segments.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { readLogMeta } from '../../shared/log/log-meta.ts';
import { readSegment } from '../../shared/log/read-log.ts';
import { isDecodingError } from '../../shared/log/read-stored.ts';
import { readSegmentRecords, type SegmentRecord } from '../../shared/log/segment-records.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { SourceFacts } from './next-step.ts';

/** Another log took this one's place while it was being copied: the node was reinstalled. The next run finds both. */
export class LogReplacedError extends Error {
  override readonly name = 'LogReplacedError';
}

/** Looks at a copy beside the program that writes it. @throws {@link LogReplacedError} when it is no copy of log `id`. */
export async function readSource(paths: LogPaths, id: LogId): Promise<SourceFacts> {
  // The records after the segments: a segment found closed has its record by then.
  const stored = await listSegments(paths);
  const { sealed } = await readSegmentRecords(paths);
  await assertSameLog(paths, id);
  return { stored, records: sealed };
}

/**
 * Proves that what was read before the call was log `id`: a log gives way by being renamed, directory last, so its `log.json`
 * is there as long as nothing of another log can be.
 */
export async function assertSameLog(paths: LogPaths, id: LogId): Promise<void> {
  const meta = await readLogMeta(paths);
  if (meta?.id !== id) throw new LogReplacedError(`${paths.directory} is no longer log ${id}`);
}

/** Reads a closed or sealed segment and tells whether it still is what its record says. */
export async function isAsRecorded(
  paths: LogPaths,
  record: SegmentRecord,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    const digest = await digestOf(bytesOf(paths, record.number, signal));
    return digest.bytes === record.bytes && digest.sha256 === record.sha256;
  } catch (error) {
    signal?.throwIfAborted();
    if (isDecodingError(error)) return false;
    throw error;
  }
}

async function* bytesOf(paths: LogPaths, segment: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
  for await (const { bytes } of readSegment(paths, segment, 0, signal)) yield bytes;
}
