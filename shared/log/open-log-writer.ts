import { open, rename, rm, stat, truncate } from 'node:fs/promises';
import { UserError } from '../errors/errors.ts';
import { makeDirectory } from '../files/make-directory.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { finishSealing } from './finish-sealing.ts';
import { listSegments, readOpenHeader } from './list-segments.ts';
import { type LogPaths, plainSegmentPath } from './log.ts';
import { type LogMeta, readLogMeta, writeLogMeta } from './log-meta.ts';
import { beginSegment, LogWriter, type LogWriterOptions, type LogWriterState } from './log-writer.ts';
import { newLogId } from './new-log-id.ts';
import { OpenSegment } from './open-segment.ts';
import { recordAgain } from './record-again.ts';
import { openSize } from './recover-open.ts';
import { crcOfFile, findSoundPrefix } from './recover-tail.ts';
import { MAX_HEADER_BYTES, type SegmentHeader } from './segment-header.ts';
import { readSegmentRecords } from './segment-records.ts';

/**
 * Opens a node's log for writing, or begins one. After a kill it goes on in the same segment and ends a torn line; after a
 * power cut it cuts the segment back to what is sound, leaves it as interrupted and begins the next (invariants 2, 4, 5, 7).
 *
 * @throws UserError `LOG_DAMAGED` when `log.json` cannot be read; system errors of the disk.
 */
export async function openLogWriter(options: LogWriterOptions, atMs: number): Promise<LogWriter> {
  const { paths, bootId } = options;
  await makeDirectory(paths.directory);
  await finishSealing(paths);
  await recordAgain(paths, atMs);
  const header = await readOpenHeader(paths);
  const meta = (await readLogMeta(paths)) ?? (await newMeta(options, header, atMs));
  if (header !== undefined && header.log !== meta.id) {
    throw new UserError('LOG_DAMAGED', `${paths.open} belongs to log ${header.log}, not to ${meta.id}`, {
      hint: `Move ${paths.open} away; a new segment is begun then.`,
    });
  }
  if (meta.bootId !== bootId) await cutInterrupted(paths, meta.interrupted);
  const size = await openSize(paths);
  const found = isSameRun(options, meta, header, size)
    ? await takeUpOpen(options, header, size)
    : await leaveInterrupted(options, meta, header, size);
  const interrupted = [...new Set([...meta.interrupted, ...found.interrupted])];
  // Durable before the first append: from here on a power cut has to be recognised as one.
  await writeLogMeta(paths, { id: meta.id, bootId, cleanEnd: undefined, interrupted });
  const next = await nextNumber(options);
  const open = found.open ?? {
    segment: beginSegment(options, meta.id, next, atMs),
    sinceMs: atMs,
    isTorn: false,
  };
  const { sealed, lost } = await readSegmentRecords(paths);
  const { segment, sinceMs, isTorn } = open;
  return await resumeSealing(options, {
    id: meta.id,
    open: segment,
    isTorn,
    openSinceMs: sinceMs,
    interrupted,
    sealed,
    lost,
  });
}

/** What was healed is not synced before the segment ends, so a power cut leaves it as it leaves an open one. Cutting twice does no harm. */
async function cutInterrupted(paths: LogPaths, interrupted: readonly number[]): Promise<void> {
  for (const { number, kind, path } of await listSegments(paths)) {
    if (kind !== 'closed' || !interrupted.includes(number)) continue;
    const { size } = await stat(path);
    const prefix = await findSoundPrefix(path);
    if (prefix.bytes < size) await truncate(path, prefix.bytes);
  }
}

interface FoundOpen {
  readonly open:
    | { readonly segment: OpenSegment; readonly sinceMs: number; readonly isTorn: boolean }
    | undefined;
  readonly interrupted: readonly number[];
}

const NOTHING_OPEN: FoundOpen = { open: undefined, interrupted: [] };

/** Where `log.json` is missing: that of a new log, or, since the open segment names its log, of that one. */
async function newMeta(
  options: LogWriterOptions,
  header: SegmentHeader | undefined,
  atMs: number,
): Promise<LogMeta> {
  const { paths, bootId } = options;
  const stored = await listSegments(paths);
  // No boot id: nobody knows whether everything is still there.
  if (header !== undefined) return { id: header.log, bootId: '', cleanEnd: undefined, interrupted: [] };
  if (stored.length > 0) {
    throw new UserError('LOG_DAMAGED', `${paths.meta} is missing, while there are segments beside it`, {
      hint: 'Restore it from another copy of this log, or move the directory away to begin a new log.',
    });
  }
  return { id: newLogId(atMs), bootId, cleanEnd: undefined, interrupted: [] };
}

/** Whether everything appended to the open segment is known to be still there: no power cut came in between. */
function isSameRun(
  options: LogWriterOptions,
  meta: LogMeta,
  header: SegmentHeader | undefined,
  size: number,
): boolean {
  if (header === undefined) return size <= MAX_HEADER_BYTES;
  if (meta.interrupted.includes(header.segment)) return false;
  const isCleanEnd = meta.cleanEnd?.bytes === size && meta.cleanEnd.segment === header.segment;
  return meta.bootId === options.bootId || isCleanEnd;
}

/** Takes up the open segment where it was left. One without a whole first line was never sent: it is begun again. */
async function takeUpOpen(
  options: LogWriterOptions,
  header: SegmentHeader | undefined,
  size: number,
): Promise<FoundOpen> {
  const { paths } = options;
  if (header === undefined) {
    await rm(paths.open, { force: true });
    return NOTHING_OPEN;
  }
  const file = await open(paths.open, 'r');
  try {
    const crc = await crcOfFile(file, size);
    const last = Buffer.alloc(1);
    await file.read(last, 0, 1, size - 1);
    const segment = new OpenSegment(paths.open, header.segment, { bytes: size, crc });
    const isTorn = last[0] !== 0x0a && !hasEnded(segment);
    return { open: { segment, sinceMs: header.atMs, isTorn }, interrupted: [] };
  } finally {
    await file.close();
  }
}

/** Ends a torn line. A full disk is no reason not to open the log: then the first append that has room does it. */
function hasEnded(segment: OpenSegment): boolean {
  try {
    segment.append([Buffer.from('\n')]);
    return true;
  } catch {
    return false;
  }
}

/** After a power cut: keeps what is sound of the open segment, closes it without sealing. Killed half-way, it runs again. */
async function leaveInterrupted(
  options: LogWriterOptions,
  meta: LogMeta,
  header: SegmentHeader | undefined,
  size: number,
): Promise<FoundOpen> {
  const { paths } = options;
  if (size === 0) return NOTHING_OPEN;
  // A damaged first line does not say the number, but the segments before it do.
  const number = header?.segment ?? (await nextNumber(options));
  const prefix = await findSoundPrefix(paths.open);
  if (prefix.bytes < size) await truncate(paths.open, prefix.bytes);
  // Noted before the file moves, under the old boot id: a closed segment that is not noted as interrupted would be sealed.
  const interrupted = [...new Set([...meta.interrupted, number])];
  await writeLogMeta(paths, { ...meta, cleanEnd: undefined, interrupted });
  await rename(paths.open, plainSegmentPath(paths, number));
  await syncDirectory(paths.root);
  await syncDirectory(paths.directory);
  return { open: undefined, interrupted: [number] };
}

async function nextNumber({ paths }: LogWriterOptions): Promise<number> {
  const { sealed, droppedTo } = await readSegmentRecords(paths);
  const closed = (await listSegments(paths))
    .filter(({ kind }) => kind !== 'open')
    .map(({ number }) => number);
  return Math.max(droppedTo, 0, ...sealed.keys(), ...closed) + 1;
}

/** Hands every closed segment that is not interrupted to the sealer again: a stop came in between. */
async function resumeSealing(options: LogWriterOptions, state: LogWriterState): Promise<LogWriter> {
  const writer = new LogWriter(options, state);
  for (const { number, kind } of await listSegments(options.paths)) {
    if (kind === 'closed' && !state.interrupted.includes(number)) writer.resumeSealing(number);
  }
  return writer;
}
