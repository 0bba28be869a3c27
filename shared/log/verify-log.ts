import { describeError, errnoOf } from '../errors/errors.ts';
import type { LogId } from '../names/log-id.ts';
import { startDigest } from './digest.ts';
import { LineChecker, type LinesReport } from './line-checker.ts';
import { listSegments, readHead, readOpenHeader, type StoredSegment } from './list-segments.ts';
import { type LogPaths, sealedSegmentPath } from './log.ts';
import { readLogMeta } from './log-meta.ts';
import { isDecodingError, readStored, SegmentMovedError } from './read-stored.ts';
import { MAX_HEADER_BYTES } from './segment-header.ts';
import { type LostSegments, readSegmentRecords, type SegmentRecord } from './segment-records.ts';

/** Something wrong with a copy. */
export interface LogProblem {
  /**
   * `damaged`: bytes are not what they were; `missing`: a file that is recorded is not there; `gap`: this copy never
   * had these segments, or lost them with their records.
   */
  readonly kind: 'damaged' | 'missing' | 'gap';
  /** The file it concerns. */
  readonly path: string;
  /** Where in the segment's plain content, bytes; not known for what only a checksum tells. */
  readonly offset?: number | undefined;
  readonly what: string;
}

/** One segment of a copy, read to its end. */
export interface SegmentReport {
  readonly number: number;
  readonly kind: StoredSegment['kind'];
  readonly path: string;
  /** Of its plain content; what could be decoded of it, where it is damaged. */
  readonly bytes: number;
  /** Of its plain content, hex; undefined when it cannot be decoded. */
  readonly sha256: string | undefined;
  readonly lines: number;
  /** Lines torn by a kill or a full disk and ended by the writer: no damage. */
  readonly tornLines: number;
  /** This copy is known to end before the segment does. */
  readonly isShort: boolean;
  readonly problems: readonly LogProblem[];
}

/** What {@link verifyLog} found. */
export interface LogReport {
  readonly paths: LogPaths;
  /** Undefined where there is no log, or none that says its id. */
  readonly id: LogId | undefined;
  /** Ascending. */
  readonly segments: readonly SegmentReport[];
  /** All problems, those of the segments included. */
  readonly problems: readonly LogProblem[];
  /** Of all segments' plain content. */
  readonly bytes: number;
  /** What this copy is known not to have between its segments; told of when it was found, and no problem of today. */
  readonly lost: readonly LostSegments[];
}

/** Options of {@link verifyLog}. */
export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told after every run of bytes: the segment, and bytes of it read so far. */
  readonly onProgress?: ((segment: number, bytes: number) => void) | undefined;
}

/**
 * Reads one copy of a log from its beginning to its present end and tells everything that is wrong with it. Safe beside the program
 * that writes the copy: the open segment is read up to where it ended at the start, a segment that is sealed meanwhile is found
 * again, and one that retention drops meanwhile is left out.
 *
 * @throws system errors other than those of a damaged file; the reason of `signal`.
 */
export async function verifyLog(paths: LogPaths, options: VerifyOptions = {}): Promise<LogReport> {
  const { id, problems: metaProblems } = await checkMeta(paths);
  const listed = await listSegments(paths);
  const segments: SegmentReport[] = [];
  for (const { number } of listed) {
    const report = await verifySegment(paths, number, id, options);
    if (report !== undefined) segments.push(report);
  }
  const numbers = segments.map(({ number }) => number);
  const missing = await findMissing(paths, numbers);
  const lost = await findLost(paths, numbers);
  const isNameless = id === undefined && metaProblems.length === 0 && segments.length > 0;
  const problems = [
    ...metaProblems,
    ...(isNameless ? [nameless(paths)] : []),
    ...(await checkOpenHeader(paths)),
    ...describeMissing(paths, missing),
    ...findGaps(paths, [...numbers, ...missing], lost),
    ...segments.flatMap((segment) => segment.problems),
  ];
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  return { paths, id, segments, problems, bytes, lost };
}

function nameless(paths: LogPaths): LogProblem {
  return { kind: 'missing', path: paths.meta, what: 'is not there, although there are segments' };
}

async function checkMeta(paths: LogPaths): Promise<{ id: LogId | undefined; problems: LogProblem[] }> {
  try {
    return { id: (await readLogMeta(paths))?.id, problems: [] };
  } catch (error) {
    return { id: undefined, problems: [damaged(paths.meta, describeError(error))] };
  }
}

/** An open segment whose first line names none is no segment to the rest of this folder, so it has to be told of here. */
async function checkOpenHeader(paths: LogPaths): Promise<readonly LogProblem[]> {
  if ((await readOpenHeader(paths)) !== undefined) return [];
  const head = await readHead(paths.open, MAX_HEADER_BYTES);
  // A kill may have left a part of the first line; it is asked for again.
  const isTorn = head.length < MAX_HEADER_BYTES && !head.includes(0x0a);
  return isTorn
    ? []
    : [damaged(paths.open, 'the first line, which names log and segment, is not what it was', 0)];
}

/** Undefined when the segment is gone: retention dropped it, or {@link findMissing} will say that it did not. */
async function verifySegment(
  paths: LogPaths,
  number: number,
  id: LogId | undefined,
  options: VerifyOptions,
): Promise<SegmentReport | undefined> {
  // Closing and sealing may each move the file once between listing and opening.
  for (let tries = 0; tries < 4; tries++) {
    const stored = (await listSegments(paths)).find((segment) => segment.number === number);
    if (stored === undefined) return undefined;
    try {
      return await verifyStored(paths, stored, id, options);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' && !(error instanceof SegmentMovedError)) throw error;
    }
  }
  return undefined;
}

async function verifyStored(
  paths: LogPaths,
  stored: StoredSegment,
  id: LogId | undefined,
  options: VerifyOptions,
): Promise<SegmentReport> {
  const { number, kind, path } = stored;
  const checker = new LineChecker(number);
  const digest = startDigest();
  const decodingError = await readAll(stored, options, (chunk, bytes) => {
    digest.update(chunk);
    checker.push(chunk);
    options.onProgress?.(number, bytes);
  });
  const { bytes, sha256 } = digest.result();
  const record = (await readSegmentRecords(paths)).sealed.get(number);
  const lines = checker.report();
  const isShort = record?.isShort ?? false;
  const problems =
    decodingError !== undefined
      ? [damaged(path, `cannot be decoded beyond byte ${bytes} of its content: ${decodingError}`)]
      : [
          ...describeLines(path, lines, id),
          ...(kind === 'open' || isShort ? [] : checkEnd(path, bytes, lines)),
          ...(kind === 'open' ? [] : checkRecord(stored, { bytes, sha256 }, record)),
        ];
  return {
    ...stored,
    bytes,
    sha256: decodingError === undefined ? sha256 : undefined,
    lines: lines.lines,
    tornLines: lines.tornLines,
    isShort,
    problems,
  };
}

/** Reads all of a segment; returns why that was not possible, when the file is damaged. */
async function readAll(
  stored: StoredSegment,
  options: VerifyOptions,
  onChunk: (chunk: Buffer, bytes: number) => void,
): Promise<string | undefined> {
  let bytes = 0;
  try {
    for await (const chunk of readStored(stored, { signal: options.signal, isBounded: true })) {
      bytes += chunk.length;
      onChunk(chunk, bytes);
    }
    return undefined;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isDecodingError(error)) return describeError(error);
    throw error;
  }
}

function describeLines(path: string, lines: LinesReport, id: LogId | undefined): readonly LogProblem[] {
  const problems = lines.problems.map(({ offset, what }) => damaged(path, what, offset));
  const more = lines.problemCount - lines.problems.length;
  if (more > 0) problems.push(damaged(path, `and ${more} more lines like these`));
  if (id !== undefined && lines.log !== undefined && lines.log !== id) {
    problems.push(damaged(path, `the first line names log ${lines.log}, not ${id}`, 0));
  }
  return problems;
}

/** The writer ends every line before it closes a segment; an interrupted one waits for exactly that. */
function checkEnd(path: string, bytes: number, lines: LinesReport): readonly LogProblem[] {
  if (path.endsWith('.ndjson') || lines.unendedBytes === 0) return [];
  return [damaged(path, 'the last line is not ended', bytes - lines.unendedBytes)];
}

function checkRecord(
  stored: StoredSegment,
  found: { readonly bytes: number; readonly sha256: string },
  record: SegmentRecord | undefined,
): readonly LogProblem[] {
  if (record === undefined) {
    // A closed segment is recorded when it is sealed; until then its record is not missing.
    return stored.kind === 'closed' ? [] : [damaged(stored.path, 'is sealed, but not recorded')];
  }
  if (record.bytes === found.bytes && record.sha256 === found.sha256) return [];
  const what = `holds ${found.bytes} bytes with SHA-256 ${found.sha256}, recorded are ${record.bytes} bytes with ${record.sha256}`;
  return [damaged(stored.path, what)];
}

/** Numbers that are recorded as sealed, and still are, while nothing lies there. */
async function findMissing(paths: LogPaths, there: readonly number[]): Promise<readonly number[]> {
  const { sealed } = await readSegmentRecords(paths);
  const now = (await listSegments(paths)).map(({ number }) => number);
  const found = new Set([...there, ...now]);
  return [...sealed.keys()].filter((number) => !found.has(number));
}

function describeMissing(paths: LogPaths, numbers: readonly number[]): readonly LogProblem[] {
  return numbers.map((number) => ({
    kind: 'missing',
    path: sealedSegmentPath(paths, number),
    what: 'is recorded, but not there',
  }));
}

/** What is recorded as lost and was not given back since, for as long as something reminds of it: an older segment, or its file. */
async function findLost(paths: LogPaths, there: readonly number[]): Promise<readonly LostSegments[]> {
  const oldest = Math.min(...there);
  const { lost } = await readSegmentRecords(paths);
  return lost.filter(({ from, to, aside }) => {
    const given = there.filter((number) => number >= from && number <= to);
    return (to > oldest || aside !== undefined) && given.length <= to - from;
  });
}

function findGaps(
  paths: LogPaths,
  numbers: readonly number[],
  lost: readonly LostSegments[],
): readonly LogProblem[] {
  const oldest = Math.min(...numbers);
  const between = lost.filter(({ from }) => from > oldest);
  const spans = [...numbers.map((number) => ({ from: number, to: number })), ...between];
  let before: number | undefined;
  return spans
    .sort((a, b) => a.from - b.from)
    .flatMap(({ from, to }) => {
      const [first, last] = [(before ?? from - 1) + 1, from - 1];
      before = Math.max(before ?? to, to);
      if (first > last) return [];
      const which = first === last ? `segment ${first} is` : `segments ${first} to ${last} are`;
      return [{ kind: 'gap', path: paths.directory, what: `${which} neither there nor recorded` } as const];
    });
}

function damaged(path: string, what: string, offset?: number): LogProblem {
  return { kind: 'damaged', path, what, offset };
}
