import { errnoOf } from '../../shared/errors/errors.ts';
import { listSegments, type StoredSegment } from '../../shared/log/list-segments.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { isDecodingError } from '../../shared/log/read-stored.ts';
import { digestSealed } from '../../shared/log/seal-segment.ts';
import {
  readSegmentRecords,
  type SegmentRecord,
  type SegmentRecords,
} from '../../shared/log/segment-records.ts';

/** What a copy does not have, of what it should. */
export interface CopyFaults {
  /** Sealed segments whose file is not what is recorded, or is not recorded at all and cannot be decoded. */
  readonly damaged: ReadonlySet<number>;
  /** Segments before its end that are not there: recorded ones, and ones whose record is gone, too. */
  readonly missing: ReadonlySet<number>;
  /** Segments of which it has the beginning only, although the node never said that the rest is gone. */
  readonly partial: ReadonlySet<number>;
  /** Sealed segments that are there and of which the record is gone, so that nothing proves them. */
  readonly unrecorded: ReadonlySet<number>;
  /** The segment that the copy is in, or comes to next; 0 when there is nothing. */
  readonly end: number;
}

/** Options of {@link findFaults}. */
export interface FindFaultsOptions {
  /** Whether a segment's file is to be read; that it is there is looked at in any case. */
  readonly isRead: (segment: number) => boolean;
  /** Segments that another copy knows of; this one may have lost them from its beginning, records and all. */
  readonly known?: Iterable<number> | undefined;
  /** The first segment that the node still has: from there on, this copy has to have all of them. */
  readonly oldest?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** As many missing segments are reported at most; a number that is far too high is damage of another kind. */
const MAX_MISSING = 10_000;

/** Looks for what one copy of a log has lost of its sealed segments. Safe beside the program that writes the copy. */
export async function findFaults(paths: LogPaths, options: FindFaultsOptions): Promise<CopyFaults> {
  const listed = await listSegments(paths);
  const records = await readSegmentRecords(paths);
  const damaged = new Set<number>();
  for (const stored of listed) {
    options.signal?.throwIfAborted();
    if (stored.kind !== 'sealed' || !options.isRead(stored.number)) continue;
    if (!(await isSound(stored, records.sealed.get(stored.number), options.signal)))
      damaged.add(stored.number);
  }
  const there = new Set(listed.map(({ number }) => number));
  const partial = [...records.sealed.values()].filter(({ isPartial }) => isPartial === true);
  return {
    damaged,
    missing: await findMissing(paths, there, records, options),
    unrecorded: new Set(
      listed
        .filter(({ number, kind }) => kind === 'sealed' && !records.sealed.has(number))
        .filter(({ number }) => number > records.droppedTo)
        .map(({ number }) => number),
    ),
    partial: new Set(partial.map(({ number }) => number)),
    end: endOf(listed, records),
  };
}

async function isSound(
  { number, path }: StoredSegment,
  record: SegmentRecord | undefined,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    const { bytes, sha256 } = await digestSealed(path, signal);
    return record === undefined || (bytes === record.bytes && sha256 === record.sha256);
  } catch (error) {
    signal?.throwIfAborted();
    // Retention dropped it meanwhile; when it did not, the next look finds it missing.
    if (errnoOf(error) === 'ENOENT') return true;
    if (isDecodingError(error) || errnoOf(error) === 'EIO') return false;
    throw new Error(`segment ${number} could not be read`, { cause: error });
  }
}

async function findMissing(
  paths: LogPaths,
  before: ReadonlySet<number>,
  { sealed, lost, droppedTo }: SegmentRecords,
  { known = [], oldest = Number.POSITIVE_INFINITY }: FindFaultsOptions,
): Promise<ReadonlySet<number>> {
  // Listed again: while a file is renamed, a directory may show neither of its names.
  const there = new Set([...before, ...(await listSegments(paths)).map(({ number }) => number)]);
  const lossOf = (number: number) => lost.find(({ from, to }) => from <= number && number <= to);
  const isLost = (number: number) => lossOf(number) !== undefined;
  const numbers = [...there, ...sealed.keys()].sort((a, b) => a - b);
  const first = Math.max(droppedTo + 1, Math.min(oldest, numbers[0] ?? 0));
  const last = numbers.at(-1) ?? 0;
  const missing = new Set<number>();
  let number = first;
  while (number < last && missing.size < MAX_MISSING) {
    const loss = there.has(number) || sealed.has(number) ? undefined : lossOf(number);
    if (loss === undefined && !there.has(number)) missing.add(number);
    // A node may say that it lost thousands of millions: that is no reason to look at each of them.
    const passed = number;
    const next = loss && Math.min(loss.to + 1, numbers.find((one) => one > passed) ?? last);
    number = next ?? number + 1;
  }
  if (sealed.has(last) && !there.has(last)) missing.add(last);
  for (const number of known)
    if (number > droppedTo && number < Math.min(first, last) && !isLost(number)) missing.add(number);
  return missing;
}

function endOf(listed: readonly StoredSegment[], { sealed, droppedTo, lost }: SegmentRecords): number {
  const open = listed.find(({ kind }) => kind === 'open');
  if (open !== undefined) return open.number;
  const last = Math.max(0, droppedTo, ...lost.map(({ to }) => to), ...listed.map(({ number }) => number));
  return Math.max(last, ...sealed.keys()) === 0 ? 0 : last + 1;
}
