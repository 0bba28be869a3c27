import { statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { UserError } from '../errors/errors.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import type { LogId } from '../names/log-id.ts';
import { listSegments } from './list-segments.ts';
import type { LogPaths } from './log.ts';
import { type LogMeta, readLogMeta, writeLogMeta } from './log-meta.ts';
import { readSegment } from './read-log.ts';
import { MAX_HEADER_BYTES, parseSegmentHeader } from './segment-header.ts';

/**
 * Reads `log.json` of a copy that is about to be written; one that is damaged is set aside, since the id can be had from the other
 * copy. Returns where it lies then, too.
 */
export async function readOwnMeta(
  paths: LogPaths,
): Promise<{ readonly meta: LogMeta | undefined; readonly aside: string | undefined }> {
  try {
    return { meta: await readLogMeta(paths), aside: undefined };
  } catch (error) {
    if (!(error instanceof UserError && error.code === 'LOG_DAMAGED')) throw error;
    const aside = `${paths.meta}.damaged-${new Date().toISOString().replaceAll(':', '')}.aside`;
    await rename(paths.meta, aside);
    await syncDirectory(paths.directory);
    return { meta: undefined, aside };
  }
}

/** Whether `log.json` is there and holds something. */
export function hasMeta(paths: LogPaths): boolean {
  return (statSync(paths.meta, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * Which log a copy that is about to be written is: where `log.json` is missing or damaged the first lines of its segments say it, and
 * `log.json` is written again. Undefined where there is nothing.
 */
export async function mendMeta(paths: LogPaths): Promise<LogId | undefined> {
  const { meta } = await readOwnMeta(paths);
  if (meta !== undefined) return meta.id;
  const id = await findLogId(paths);
  // No boot id: nobody knows whether everything is still there.
  if (id !== undefined) await writeLogMeta(paths, { id, bootId: '', cleanEnd: undefined, interrupted: [] });
  return id;
}

/** The id of a log as the first line of a segment says it, of the newest segment that can be read. */
export async function findLogId(paths: LogPaths): Promise<LogId | undefined> {
  for (const { number } of (await listSegments(paths)).toReversed()) {
    const id = parseSegmentHeader(await headOf(paths, number))?.log;
    if (id !== undefined) return id;
  }
  return undefined;
}

async function headOf(paths: LogPaths, segment: number): Promise<Buffer> {
  try {
    for await (const { bytes } of readSegment(paths, segment)) return bytes.subarray(0, MAX_HEADER_BYTES);
  } catch {
    // One that is damaged, or gone meanwhile, says nothing.
  }
  return Buffer.alloc(0);
}
