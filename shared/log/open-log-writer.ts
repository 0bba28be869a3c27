import { stat, truncate } from 'node:fs/promises';
import { UserError } from '../errors/errors.ts';
import { makeDirectory } from '../files/make-directory.ts';
import { beginSegment } from './begin-segment.ts';
import { finishSealing } from './finish-sealing.ts';
import { listSegments, readOpenHeader } from './list-segments.ts';
import type { LogPaths } from './log.ts';
import { type LogMeta, readLogMeta, writeLogMeta } from './log-meta.ts';
import { LogWriter, type LogWriterOptions, type LogWriterState } from './log-writer.ts';
import { newLogId } from './new-log-id.ts';
import { readOwnMeta } from './own-meta.ts';
import { recordAgain } from './record-again.ts';
import { openSize } from './recover-open.ts';
import { findSoundPrefix } from './recover-tail.ts';
import type { SegmentHeader } from './segment-header.ts';
import { readSegmentRecords } from './segment-records.ts';
import { settleOpen, type TakenUp } from './settle-open.ts';

/**
 * Opens a node's log for writing, or begins one. After a kill it goes on in the same segment and ends a torn line; after a
 * power cut it cuts the segment back to what is sound, leaves it as interrupted and begins the next (invariants 2, 4, 5, 7). So it does
 * when the file is not what was left there (invariant 11).
 *
 * @throws UserError `LOG_DAMAGED` when neither `log.json` nor the open segment says which log this is; system errors of the disk.
 */
export async function openLogWriter(options: LogWriterOptions, atMs: number): Promise<LogWriter> {
  const { paths, bootId } = options;
  await makeDirectory(paths.directory);
  await finishSealing(paths);
  await recordAgain(paths, atMs);
  const header = await readOpenHeader(paths);
  const meta = (await readMeta(paths, header)) ?? (await newMeta(options, header, atMs));
  if (meta.bootId !== bootId) await cutInterrupted(paths, meta.interrupted);
  const [records, stored] = [await readSegmentRecords(paths), await listSegments(paths)];
  const found = { paths, bootId, meta, records, stored, header, size: await openSize(paths) };
  const { open, interrupted: left, change } = await settleOpen(found, await nextNumber(options, meta));
  const interrupted = [...new Set([...meta.interrupted, ...(left === undefined ? [] : [left])])];
  const noted = { id: meta.id, bootId, cleanEnd: undefined, interrupted };
  // Durable before the first append: from here on a power cut has to be recognised as one.
  await writeLogMeta(paths, { ...noted, open: open?.segment.number });
  const taken = open ?? (await begin(options, noted, atMs));
  // Read again: a segment that was closed before may have been sealed meanwhile.
  const { sealed, lost } = await readSegmentRecords(paths);
  const state = {
    id: meta.id,
    open: taken.segment,
    isTorn: taken.isTorn,
    openSinceMs: taken.sinceMs,
    interrupted,
    sealed,
    lost,
    news: change === undefined ? [] : [{ kind: 'changed' as const, ...change }],
  };
  return await resumeSealing(options, state);
}

/** Begins a segment, and notes that durably: should its file be gone when the log is next opened, its number is taken all the same. */
async function begin(options: LogWriterOptions, meta: LogMeta, atMs: number): Promise<TakenUp> {
  const { paths, bootId } = options;
  const number = await nextNumber(options, meta);
  const segment = beginSegment({ paths, bootId, id: meta.id, number, atMs });
  await writeLogMeta(paths, { ...meta, open: number });
  return { segment, sinceMs: atMs, isTorn: false };
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

/** What `log.json` says. A damaged one is set aside where the open segment says which log this is. */
async function readMeta(paths: LogPaths, header: SegmentHeader | undefined): Promise<LogMeta | undefined> {
  return header === undefined ? await readLogMeta(paths) : (await readOwnMeta(paths)).meta;
}

/** Where `log.json` is missing: that of a new log, or, since the open segment names its log, of that one. */
async function newMeta(
  options: LogWriterOptions,
  header: SegmentHeader | undefined,
  atMs: number,
): Promise<LogMeta> {
  const { paths, bootId } = options;
  const stored = await listSegments(paths);
  if (header !== undefined) {
    // Nobody knows whether everything is still there, nor which closed segments were interrupted.
    const interrupted = stored.filter(({ kind }) => kind === 'closed').map(({ number }) => number);
    return { id: header.log, bootId: '', cleanEnd: undefined, interrupted };
  }
  if (stored.length > 0) {
    throw new UserError('LOG_DAMAGED', `${paths.meta} is missing, while there are segments beside it`, {
      hint: 'Restore it from another copy of this log, or move the directory away to begin a new log.',
    });
  }
  return { id: newLogId(atMs), bootId, cleanEnd: undefined, interrupted: [] };
}

/** The first number that no segment of this log has had, as far as is known here. */
async function nextNumber({ paths }: LogWriterOptions, meta: LogMeta): Promise<number> {
  const { sealed, lost, droppedTo } = await readSegmentRecords(paths);
  const closed = (await listSegments(paths))
    .filter(({ kind }) => kind !== 'open')
    .map(({ number }) => number);
  const noted = [...meta.interrupted, ...lost.map(({ to }) => to)];
  return Math.max(droppedTo, 0, ...sealed.keys(), ...closed, ...noted) + 1;
}

/** Hands every closed segment that is not interrupted to the sealer again: a stop came in between. */
async function resumeSealing(options: LogWriterOptions, state: LogWriterState): Promise<LogWriter> {
  const writer = new LogWriter(options, state);
  for (const { number, kind } of await listSegments(options.paths)) {
    if (kind === 'closed' && !state.interrupted.includes(number)) writer.resumeSealing(number);
  }
  return writer;
}
