import { open } from 'node:fs/promises';
import { readCheckpoint } from './checkpoint.ts';
import type { FileFault } from './file-change.ts';
import { readHead, type StoredSegment } from './list-segments.ts';
import type { LogPaths } from './log.ts';
import type { LogMeta } from './log-meta.ts';
import { crcOfFile } from './recover-tail.ts';
import { timeOf } from './seal-segment.ts';
import { MAX_HEADER_BYTES, type SegmentHeader } from './segment-header.ts';
import type { SegmentRecords } from './segment-records.ts';

/** What was noted of the open segment while the program ran, or when it stopped. */
export interface KnownOpen {
  readonly segment: number;
  /** It had at least this length, bytes. */
  readonly bytes: number;
  /** CRC-32 of these. */
  readonly crc: number | undefined;
  /** Whether it ended there. */
  readonly isEnd: boolean;
  /** Whether they were known to be what was appended. */
  readonly isProven: boolean;
}

/** What a writer finds in its directory. */
export interface FoundOpen {
  readonly paths: LogPaths;
  readonly bootId: string;
  readonly meta: LogMeta;
  readonly records: SegmentRecords;
  readonly stored: readonly StoredSegment[];
  /** First line of the file at the open segment's path. */
  readonly header: SegmentHeader | undefined;
  /** Its length, bytes; 0 when there is none. */
  readonly size: number;
}

/** What the file at the open segment's path is. */
export type OpenVerdict =
  /** Nothing that was ever sent: a new segment is begun. */
  | { readonly kind: 'nothing' }
  /** All that was written: the writer goes on there. */
  | { readonly kind: 'go_on'; readonly header: SegmentHeader; readonly provenBytes: number }
  /** What a power cut left; `known` where a clean stop before it says more. */
  | {
      readonly kind: 'interrupted';
      readonly segment: number | undefined;
      readonly known: KnownOpen | undefined;
    }
  /** The segment's own file, but not as it was left. */
  | { readonly kind: 'changed'; readonly known: KnownOpen; readonly fault: FileFault }
  /** Not the segment's file; `known` is the segment that should lie there, unless it is closed already. */
  | { readonly kind: 'foreign'; readonly known: KnownOpen | undefined };

/** Decides whether a writer may go on in the file at the open segment's path (invariants 2 and 11). */
export async function judgeOpen(found: FoundOpen): Promise<OpenVerdict> {
  const { paths, meta, header, size } = found;
  const known = await readKnown(found);
  if (header === undefined || header.log !== meta.id || isStored(found, header.segment)) {
    const due = known !== undefined && isStored(found, known.segment) ? undefined : known;
    if (header === undefined && (await hasLinesOfLog(paths.open)))
      return { kind: 'interrupted', segment: due?.segment, known: undefined };
    const isNew = header === undefined && due === undefined && size <= MAX_HEADER_BYTES;
    return isNew ? { kind: 'nothing' } : { kind: 'foreign', known: due };
  }
  if (known !== undefined && header.segment < known.segment) return { kind: 'foreign', known };
  const present = known?.segment === header.segment ? known : undefined;
  const { segment } = header;
  if (meta.interrupted.includes(segment)) return { kind: 'interrupted', segment, known: undefined };
  if (present !== undefined) {
    const fault = await findFault(paths, size, present);
    const isOtherRun = meta.bootId !== found.bootId;
    if (fault === 'shorter' && isOtherRun) return { kind: 'interrupted', segment, known: present };
    if (fault !== undefined) return { kind: 'changed', known: present, fault };
  }
  const isSameRun = meta.bootId === found.bootId || present?.isEnd === true;
  if (!isSameRun) return { kind: 'interrupted', segment, known: undefined };
  return { kind: 'go_on', header, provenBytes: present?.isProven === true ? present.bytes : 0 };
}

/** Whether a file whose first line is damaged goes on as a log does. */
async function hasLinesOfLog(path: string): Promise<boolean> {
  const head = await readHead(path, 4 * MAX_HEADER_BYTES);
  const second = head.subarray(head.indexOf(0x0a) + 1).toString('latin1');
  return head.length > MAX_HEADER_BYTES && timeOf(second.slice(0, 64)) !== undefined;
}

/** A checkpoint is believed under the same boot only: it is not written durably. */
async function readKnown({ paths, meta, bootId }: FoundOpen): Promise<KnownOpen | undefined> {
  const { cleanEnd, open: segment } = meta;
  if (cleanEnd !== undefined)
    return { ...cleanEnd, crc: cleanEnd.crc, isEnd: true, isProven: cleanEnd.isProven === true };
  if (segment === undefined) return undefined;
  const checkpoint = meta.bootId === bootId ? await readCheckpoint(paths) : undefined;
  if (checkpoint?.bootId !== bootId || checkpoint.segment !== segment)
    return { segment, bytes: 0, crc: undefined, isEnd: false, isProven: false };
  const { offset: bytes, crc, isProven = false } = checkpoint;
  return { segment, bytes, crc, isEnd: false, isProven };
}

/** Whether a segment is closed, sealed or given up here, so that a file under the open one's name can only be an old copy of it. */
function isStored({ records, stored }: FoundOpen, number: number): boolean {
  const { sealed, lost, droppedTo } = records;
  const isLost = lost.some(({ from, to }) => number >= from && number <= to);
  const isThere = stored.some((segment) => segment.kind !== 'open' && segment.number === number);
  return isThere || isLost || sealed.has(number) || number <= droppedTo;
}

async function findFault(paths: LogPaths, size: number, known: KnownOpen): Promise<FileFault | undefined> {
  if (size < known.bytes) return 'shorter';
  if (known.crc !== undefined && (await crcOfHead(paths.open, known.bytes)) !== known.crc) return 'altered';
  return known.isEnd && size > known.bytes ? 'longer' : undefined;
}

async function crcOfHead(path: string, bytes: number): Promise<number> {
  const file = await open(path, 'r');
  try {
    return await crcOfFile(file, bytes);
  } finally {
    await file.close();
  }
}
