import { stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { LogPaths } from '../../shared/log/log.ts';
import type { LogFollower } from '../../shared/log/log-follower.ts';
import { readSegment } from '../../shared/log/read-log.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import { assertSameLog } from './source-log.ts';

/** What {@link appendRest} found and did. */
export type AppendResult =
  /** The target now has what the source has; `aheadBytes`: how much more it had before. */
  | { readonly kind: 'appended'; readonly bytes: number; readonly aheadBytes: number }
  /** Over what both have, they are not the same. Nothing was written. */
  | { readonly kind: 'differs'; readonly commonBytes: number; readonly isAhead: boolean };

/** Options of {@link appendRest}. */
export interface AppendOptions {
  readonly source: LogPaths;
  readonly id: LogId;
  /** The segment that the target is in. */
  readonly segment: number;
  /** Whether it is open at the source: then this ends where the file ended when it began. */
  readonly isOpen: boolean;
  /** Of an open segment: how much of it may be read, bytes. */
  readonly soundBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** After how many bytes the drive is waited for. Appending blocks the thread once the kernel has too much to write; syncing does not. */
const SYNC_BYTES = 4 * 1024 * 1024;

/**
 * Reads a segment of the source once: takes the CRC-32 over what both have, compares, and appends what the target lacks.
 * The caller syncs.
 *
 * @throws LogReplacedError, and system errors of either disk; what was appended before counts.
 */
export async function appendRest(follower: LogFollower, options: AppendOptions): Promise<AppendResult> {
  const { source, id, segment, isOpen, soundBytes = Number.POSITIVE_INFINITY, signal } = options;
  const common = follower.end?.offset ?? 0;
  const limit = isOpen ? Math.min(await sizeOf(source.open), soundBytes) : Number.POSITIVE_INFINITY;
  const written = { bytes: 0, unsyncedBytes: 0 };
  let crc = 0;
  let at = 0;
  for await (const chunk of readSegment(source, segment, 0, signal)) {
    const bytes = chunk.bytes.subarray(0, Math.max(0, limit - at));
    const known = bytes.subarray(0, Math.max(0, common - at));
    crc = crc32(known, crc);
    at += bytes.length;
    if (at < common) continue;
    if (known.length > 0 && crc !== (await follower.crcAt(common))) return differs(common, false);
    const rest = bytes.subarray(known.length);
    if (rest.length > 0) await append(rest);
    if (at >= limit) break;
  }
  if (at >= common) return { kind: 'appended', bytes: written.bytes, aheadBytes: 0 };
  if (crc !== (await follower.crcAt(at))) return differs(at, true);
  return { kind: 'appended', bytes: 0, aheadBytes: common - at };

  async function append(rest: Buffer): Promise<void> {
    await assertSameLog(source, id);
    follower.append([rest]);
    written.bytes += rest.length;
    written.unsyncedBytes += rest.length;
    if (written.unsyncedBytes < SYNC_BYTES) return;
    await follower.sync();
    written.unsyncedBytes = 0;
  }
}

function differs(commonBytes: number, isAhead: boolean): AppendResult {
  return { kind: 'differs', commonBytes, isAhead };
}

/** Length of the open segment's file; when it has been closed meanwhile, there is an end to it anyway. */
async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => Number.POSITIVE_INFINITY,
  );
}
