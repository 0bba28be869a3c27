import { closeSync, fsyncSync, openSync, truncateSync } from 'node:fs';
import { copyFile, open, rename, rm, truncate } from 'node:fs/promises';
import { basename } from 'node:path';
import { syncDirectory } from '../files/sync-directory.ts';
import { asidePath } from './aside-path.ts';
import { WRITER_MARK_BYTES } from './begin-segment.ts';
import type { FileChange, FileFault } from './file-change.ts';
import { type FoundOpen, judgeOpen, type KnownOpen } from './judge-open.ts';
import { type LogPaths, plainSegmentPath } from './log.ts';
import { writeLogMeta } from './log-meta.ts';
import { OpenSegment } from './open-segment.ts';
import { crcOfFile, findSoundPrefix } from './recover-tail.ts';
import type { SegmentHeader } from './segment-header.ts';
import { soundBytes } from './sound-bytes.ts';

/** What became of the open segment when a writer was opened. */
export interface SettledOpen {
  /** Where the writer goes on; undefined: in a new segment. */
  readonly open: TakenUp | undefined;
  /** The segment that was left as interrupted. */
  readonly interrupted: number | undefined;
  readonly change: FileChange | undefined;
}

/** The open segment, ready to be appended to. */
export interface TakenUp {
  readonly segment: OpenSegment;
  readonly sinceMs: number;
  readonly isTorn: boolean;
}

const NOTHING_OPEN: SettledOpen = { open: undefined, interrupted: undefined, change: undefined };

/**
 * Takes up the open segment where it was left; or leaves it as interrupted, after a power cut or when its file is not what was written to it
 * any more, keeping what is sound of it. Killed half-way, it runs again.
 *
 * @param nextNumber of a segment whose number nothing says
 */
export async function settleOpen(found: FoundOpen, nextNumber: number): Promise<SettledOpen> {
  const verdict = await judgeOpen(found);
  switch (verdict.kind) {
    case 'nothing':
      await rm(found.paths.open, { force: true });
      return NOTHING_OPEN;
    case 'go_on':
      return { ...NOTHING_OPEN, open: await takeUp(found, verdict.header, verdict.provenBytes) };
    case 'interrupted':
      return await leaveInterrupted(found, verdict.segment ?? nextNumber, verdict.known);
    case 'changed':
      return await leaveChanged(found, verdict.known, verdict.fault);
    case 'foreign':
      return await leaveForeign(found, verdict.known);
    default:
      return verdict satisfies never;
  }
}

async function takeUp(
  { paths, size }: FoundOpen,
  header: SegmentHeader,
  provenBytes: number,
): Promise<TakenUp> {
  const file = await open(paths.open, 'r');
  try {
    const crc = await crcOfFile(file, size);
    const last = Buffer.alloc(1);
    await file.read(last, 0, 1, size - 1);
    const content = { bytes: size, crc, provenBytes };
    const segment = new OpenSegment(paths.open, header.segment, content, WRITER_MARK_BYTES);
    const isTorn = last[0] !== 0x0a && !hasEnded(segment);
    return { segment, sinceMs: header.atMs, isTorn };
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

/** After a power cut: keeps what is sound, and closes the segment without sealing it. */
async function leaveInterrupted(
  found: FoundOpen,
  number: number,
  known: KnownOpen | undefined,
): Promise<SettledOpen> {
  const { paths, size } = found;
  if (size === 0) return NOTHING_OPEN;
  const prefix = await findSoundPrefix(paths.open);
  if (prefix.bytes < size) await truncate(paths.open, prefix.bytes);
  await noteInterrupted(found, number);
  await close(paths, number);
  const facts = known && { segment: number, writtenBytes: known.bytes, keptBytes: prefix.bytes };
  const change: FileChange | undefined = facts && { ...facts, fault: 'shorter', aside: undefined };
  return { ...NOTHING_OPEN, interrupted: number, change };
}

/** Keeps what is still as it was written, and the whole file under another name where it holds anything else. */
async function leaveChanged(found: FoundOpen, known: KnownOpen, fault: FileFault): Promise<SettledOpen> {
  const { paths, size } = found;
  const { segment, bytes: writtenBytes, crc } = known;
  const end = crc === undefined ? [] : [{ offset: known.bytes, crc }];
  const keptBytes = fault === 'altered' ? 0 : measure(paths.open, segment, end, size);
  await noteInterrupted(found, segment);
  const aside = keptBytes < size ? asidePath(paths, segment, fault) : undefined;
  if (aside !== undefined) await copyFile(paths.open, aside);
  cutDurably(paths.open, keptBytes);
  await close(paths, segment);
  const change = { segment, fault, writtenBytes, keptBytes, aside: aside && basename(aside) };
  return { ...NOTHING_OPEN, interrupted: segment, change };
}

function measure(
  path: string,
  segment: number,
  end: readonly { readonly offset: number; readonly crc: number }[],
  size: number,
): number {
  const fd = openSync(path, 'r');
  try {
    // Without a sum the whole file counts as far as it looks like a log; the receiver compares.
    const marks = end.length > 0 ? end : [{ offset: size + 1, crc: 0 }];
    return soundBytes(fd, segment, [{ offset: 0, crc: 0 }, ...marks]);
  } finally {
    closeSync(fd);
  }
}

function cutDurably(path: string, bytes: number): void {
  truncateSync(path, bytes);
  const fd = openSync(path, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Sets aside what lies at the open segment's path; the segment that should lie there has nothing left here. */
async function leaveForeign(found: FoundOpen, known: KnownOpen | undefined): Promise<SettledOpen> {
  const { paths, size, header } = found;
  const segment = known?.segment ?? header?.segment ?? 0;
  const aside = size > 0 ? asidePath(paths, segment, 'replaced') : undefined;
  if (known !== undefined) await noteInterrupted(found, known.segment);
  if (aside !== undefined) await rename(paths.open, aside);
  else await rm(paths.open, { force: true });
  await syncDirectory(paths.root);
  await syncDirectory(paths.directory);
  const fault = size > 0 ? 'replaced' : 'gone';
  const facts = { segment, fault, writtenBytes: known?.bytes ?? 0, keptBytes: 0 } as const;
  return {
    open: undefined,
    interrupted: known?.segment,
    change: { ...facts, aside: aside && basename(aside) },
  };
}

/** Before the file moves, under the old boot id: a closed segment that is not noted as interrupted would be sealed. */
async function noteInterrupted({ paths, meta }: FoundOpen, number: number): Promise<void> {
  const interrupted = [...new Set([...meta.interrupted, number])];
  await writeLogMeta(paths, { ...meta, cleanEnd: undefined, interrupted });
}

async function close(paths: LogPaths, number: number): Promise<void> {
  await rename(paths.open, plainSegmentPath(paths, number));
  await syncDirectory(paths.root);
  await syncDirectory(paths.directory);
}
