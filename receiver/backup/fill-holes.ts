import { rename } from 'node:fs/promises';
import { describeError, errnoOf, UserError } from '../../shared/errors/errors.ts';
import { asidePath } from '../../shared/log/aside-path.ts';
import { listSegments, type StoredSegment } from '../../shared/log/list-segments.ts';
import { type LogPaths, plainSegmentPath, sealedSegmentPath } from '../../shared/log/log.ts';
import { readSegmentRecords, type SegmentRecord } from '../../shared/log/segment-records.ts';
import type { Copying } from './copying.ts';
import { readSource } from './source-log.ts';

/** What the target has of a segment before its end. */
export interface PresentSegment {
  readonly stored: StoredSegment | undefined;
  readonly record: SegmentRecord | undefined;
}

/** What to do about one sealed segment of the source. */
export type HoleDecision = 'leave' | 'fetch' | 'differs';

/**
 * Decides about a segment before the target's end: what is missing, short or known to be damaged there is fetched; two whole
 * copies that differ are left as they are.
 */
export function decideHole(present: PresentSegment, record: SegmentRecord, isDamaged: boolean): HoleDecision {
  if (isDamaged || present.stored === undefined || present.record === undefined) return 'fetch';
  if (present.record.sha256 === record.sha256) return 'leave';
  if (present.record.isShort) return record.bytes > present.record.bytes ? 'fetch' : 'leave';
  return record.isShort ? 'leave' : 'differs';
}

/** Gives the target what it lost, or never had, before its end, as far as the source has it sealed. */
export async function fillHoles(copying: Copying, damaged: ReadonlySet<number>): Promise<void> {
  const { options, follower } = copying;
  const { source, target, id } = options;
  const end = follower.end?.segment ?? 0;
  const facts = await readSource(source, id);
  const { sealed, droppedTo } = await readSegmentRecords(target);
  const there = new Map((await listSegments(target)).map((segment) => [segment.number, segment]));
  for (const { number, kind } of facts.stored) {
    const record = facts.records.get(number);
    if (record === undefined || kind !== 'sealed' || number <= droppedTo || number >= end) continue;
    options.signal?.throwIfAborted();
    const present = { stored: there.get(number), record: sealed.get(number) };
    const decision = decideHole(present, record, damaged.has(number));
    if (decision === 'fetch') await fetchSegment(copying, present, record);
    if (decision === 'differs') {
      const path = sealedSegmentPath(target, number);
      copying.note({ kind: 'differs', segment: number, path, commonBytes: undefined });
    }
  }
}

async function fetchSegment(
  { options, follower, count, note }: Copying,
  present: PresentSegment,
  record: SegmentRecord,
): Promise<void> {
  const { source, signal } = options;
  const { number } = record;
  try {
    count((await follower.adoptSealed(source, record, signal)).bytes);
    if (present.stored?.kind === 'closed') await setPlainAside(options.target, number);
  } catch (error) {
    const isGone = errnoOf(error) === 'ENOENT';
    if (isGone && !(await listSegments(source)).some((segment) => segment.number === number)) return;
    if (!(error instanceof UserError) || error.code !== 'LOG_DAMAGED') throw error;
    const path = sealedSegmentPath(source, number);
    note({ kind: 'source-damaged', segment: number, path, detail: describeError(error) });
  }
}

/** A plain file that could not be sealed is kept, out of the way of the segment that took its place. */
async function setPlainAside(paths: LogPaths, segment: number): Promise<void> {
  await rename(plainSegmentPath(paths, segment), await asidePath(paths, segment, 'damaged'));
}
