import { mkdir, open, rename, rm, stat, truncate } from 'node:fs/promises';
import { errnoOf } from '../errors/errors.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { listSegments, readOpenHeader } from './list-segments.ts';
import { plainSegmentPath } from './log.ts';
import { type LogMeta, readLogMeta, writeLogMeta } from './log-meta.ts';
import { beginSegment, LogWriter, type LogWriterOptions, type LogWriterState } from './log-writer.ts';
import { newLogId } from './new-log-id.ts';
import { OpenSegment } from './open-segment.ts';
import { crcOfFile, findSoundPrefix } from './recover-tail.ts';
import { readSegmentRecords } from './segment-records.ts';

/**
 * Opens a node's log for writing, or begins one. After a kill it goes on in the same segment and ends a torn line; after a
 * power cut it cuts the segment back to what is sound, leaves it as interrupted and begins the next (invariants 2, 4, 5, 7).
 *
 * @throws UserError `LOG_DAMAGED` when `log.json` cannot be read; system errors of the disk.
 */
export async function openLogWriter(options: LogWriterOptions, atMs: number): Promise<LogWriter> {
  const { paths, bootId } = options;
  await mkdir(paths.directory, { recursive: true });
  const meta = (await readLogMeta(paths)) ?? newMeta(bootId, atMs);
  const size = await sizeOf(paths.open);
  const found = (await isSameRun(options, meta, size))
    ? await takeUpOpen(options, size)
    : await leaveInterrupted(options, meta);
  const interrupted = [...new Set([...meta.interrupted, ...found.interrupted])];
  // Durable before the first append: from here on a power cut has to be recognised as one.
  await writeLogMeta(paths, { id: meta.id, bootId, cleanEnd: undefined, interrupted });
  const next = await nextNumber(options);
  const open = found.open ?? { segment: beginSegment(options, meta.id, next, atMs), sinceMs: atMs };
  const { sealed } = await readSegmentRecords(paths);
  const state = { id: meta.id, open: open.segment, openSinceMs: open.sinceMs, interrupted, sealed };
  return await resumeSealing(options, state);
}

interface FoundOpen {
  readonly open: { readonly segment: OpenSegment; readonly sinceMs: number } | undefined;
  readonly interrupted: readonly number[];
}

function newMeta(bootId: string, atMs: number): LogMeta {
  return { id: newLogId(atMs), bootId, cleanEnd: undefined, interrupted: [] };
}

/** Whether everything appended to the open segment is known to be still there: no power cut came in between. */
async function isSameRun(options: LogWriterOptions, meta: LogMeta, size: number): Promise<boolean> {
  const number = (await readOpenHeader(options.paths))?.segment;
  if (number !== undefined && meta.interrupted.includes(number)) return false;
  const isCleanEnd =
    meta.cleanEnd !== undefined && meta.cleanEnd.bytes === size && meta.cleanEnd.segment === number;
  return meta.bootId === options.bootId || isCleanEnd;
}

/** Takes up the open segment where it was left. One without a whole first line was never sent: it is begun again. */
async function takeUpOpen(options: LogWriterOptions, size: number): Promise<FoundOpen> {
  const { paths } = options;
  const header = await readOpenHeader(paths);
  if (header === undefined) {
    await rm(paths.open, { force: true });
    return { open: undefined, interrupted: [] };
  }
  const file = await open(paths.open, 'r');
  try {
    const segment = new OpenSegment(paths.open, header.segment, {
      bytes: size,
      crc: await crcOfFile(file, size),
    });
    const last = Buffer.alloc(1);
    await file.read(last, 0, 1, size - 1);
    if (last[0] !== 0x0a) segment.append([Buffer.from('\n')]);
    return { open: { segment, sinceMs: header.atMs }, interrupted: [] };
  } finally {
    await file.close();
  }
}

/** After a power cut: keeps what is sound of the open segment, closes it without sealing. Killed half-way, it runs again. */
async function leaveInterrupted(options: LogWriterOptions, meta: LogMeta): Promise<FoundOpen> {
  const { paths } = options;
  const header = await readOpenHeader(paths);
  if (header === undefined) {
    await rm(paths.open, { force: true });
    return { open: undefined, interrupted: [] };
  }
  const prefix = await findSoundPrefix(paths.open);
  await truncate(paths.open, prefix.bytes);
  // Noted before the file moves, under the old boot id: a closed segment that is not noted as interrupted would be sealed.
  const interrupted = meta.interrupted.filter((number) => number !== header.segment);
  await writeLogMeta(paths, { ...meta, cleanEnd: undefined, interrupted: [...interrupted, header.segment] });
  await rename(paths.open, plainSegmentPath(paths, header.segment));
  await syncDirectory(paths.root);
  await syncDirectory(paths.directory);
  return { open: undefined, interrupted: [header.segment] };
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

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
