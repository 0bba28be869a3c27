import { rename } from 'node:fs/promises';
import { describeError, errnoOf, UserError } from '../../shared/errors/errors.ts';
import { asidePath } from '../../shared/log/aside-path.ts';
import { importSealed } from '../../shared/log/import-sealed.ts';
import { listSegments, type StoredSegment } from '../../shared/log/list-segments.ts';
import { type LogPaths, plainSegmentPath, sealedSegmentPath } from '../../shared/log/log.ts';
import { isDecodingError } from '../../shared/log/read-stored.ts';
import { digestSealed } from '../../shared/log/seal-segment.ts';
import { readSegmentRecords, type SegmentRecord } from '../../shared/log/segment-records.ts';
import type { LogId } from '../../shared/names/log-id.ts';
import type { CopyNote } from './copy-note.ts';
import { readSource } from './source-log.ts';

/** What the target has of a segment before its end. */
export interface PresentSegment {
  readonly stored: StoredSegment | undefined;
  readonly record: SegmentRecord | undefined;
}

/**
 * What to do about one sealed segment of the source. `differs`: both are whole and not the same; `poorer`: the target lost it, and the
 * source has less of it than the target is recorded to have had.
 */
export type HoleDecision = 'leave' | 'fetch' | 'differs' | 'poorer';

/**
 * Decides about a segment before the target's end. What is missing, short or damaged there is fetched; two whole copies that differ are
 * left as they are; and nothing ever gives way to something shorter.
 */
export function decideHole(present: PresentSegment, record: SegmentRecord, isDamaged: boolean): HoleDecision {
  const { stored, record: own } = present;
  const isThere = stored !== undefined && !isDamaged;
  if (own === undefined) return 'fetch';
  if (own.sha256 === record.sha256) return isThere ? 'leave' : 'fetch';
  if (own.isShort && record.bytes > own.bytes) return 'fetch';
  if (record.isShort && record.bytes <= own.bytes) return isThere ? 'leave' : 'poorer';
  return 'differs';
}

/** Options of {@link fillHoles}. */
export interface FillHolesOptions {
  readonly source: LogPaths;
  readonly target: LogPaths;
  readonly id: LogId;
  /** The segment that the target is in; earlier ones are looked at. */
  readonly end: number;
  /** Segments of the target that are not what is recorded. */
  readonly damaged: ReadonlySet<number>;
  readonly note: (note: CopyNote) => void;
  /** Told of bytes as they are written. */
  readonly count: (bytes: number) => void;
  /** Whether there is room for a segment of so many bytes of plain content; there is when not given. */
  readonly hasRoom?: ((bytes: number) => Promise<boolean>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Gives the target what it lost, or never had, before its end, as far as the source has it sealed. */
export async function fillHoles(options: FillHolesOptions): Promise<void> {
  const { source, target, id, end, damaged, note } = options;
  const facts = await readSource(source, id);
  const { sealed, droppedTo } = await readSegmentRecords(target);
  const there = new Map((await listSegments(target)).map((segment) => [segment.number, segment]));
  for (const { number, kind } of facts.stored) {
    // Where the source lost its record, the target's own says what the segment has to be.
    const record = facts.records.get(number) ?? sealed.get(number);
    if (record === undefined || kind !== 'sealed' || number <= droppedTo || number >= end) continue;
    options.signal?.throwIfAborted();
    const present = { stored: there.get(number), record: sealed.get(number) };
    const decision = decideHole(present, record, damaged.has(number));
    const path = sealedSegmentPath(target, number);
    if (decision === 'fetch') await fetchSegment(options, present, record);
    if (decision === 'differs') note({ kind: 'differs', segment: number, path, commonBytes: undefined });
    if (decision === 'poorer') note({ kind: 'poorer', segment: number, path, otherBytes: record.bytes });
  }
}

async function fetchSegment(
  options: FillHolesOptions,
  present: PresentSegment,
  record: SegmentRecord,
): Promise<void> {
  const { source, target, signal, count, note, damaged } = options;
  const { number } = record;
  const path = sealedSegmentPath(target, number);
  try {
    if (await isLonger(present, path, record)) {
      note({ kind: 'differs', segment: number, path, commonBytes: undefined });
      return;
    }
    if (options.hasRoom !== undefined && !(await options.hasRoom(record.bytes))) return;
    count(await importSealed(source, target, record, signal));
    if (present.stored?.kind === 'closed') await setPlainAside(target, number);
    if (damaged.has(number)) note({ kind: 'mended', segment: number, path });
  } catch (error) {
    const isGone = errnoOf(error) === 'ENOENT';
    if (isGone && !(await listSegments(source)).some((segment) => segment.number === number)) return;
    if (!(error instanceof UserError) || error.code !== 'LOG_DAMAGED') throw error;
    const damagedPath = sealedSegmentPath(source, number);
    note({ kind: 'source-damaged', segment: number, path: damagedPath, detail: describeError(error) });
  }
}

/** Whether a segment whose record is lost is whole as it lies there, and no shorter than what would take its place. */
async function isLonger(present: PresentSegment, path: string, record: SegmentRecord): Promise<boolean> {
  if (present.record !== undefined || present.stored?.kind !== 'sealed') return false;
  try {
    const { bytes, sha256 } = await digestSealed(path);
    return sha256 !== record.sha256 && bytes >= record.bytes;
  } catch (error) {
    if (isDecodingError(error)) return false;
    throw error;
  }
}

/** A plain file that could not be sealed is kept, out of the way of the segment that took its place. */
async function setPlainAside(paths: LogPaths, segment: number): Promise<void> {
  await rename(plainSegmentPath(paths, segment), asidePath(paths, segment, 'damaged'));
}
