import { createReadStream } from 'node:fs';
import { compareBytes } from './compare-bytes.ts';
import type { LogPaths } from './log.ts';
import { readSegment } from './read-log.ts';
import type { LogReport, SegmentReport } from './verify-log.ts';

/** A byte in a file of a copy. */
export interface BytePlace {
  readonly path: string;
  /** Bytes from the beginning of the plain content, or of the file itself; see {@link LogDifference}. */
  readonly offset: number;
}

/** Where two copies of one log differ. */
export type LogDifference =
  /** The first byte that differs; `isRaw`: offsets count in the compressed files as they lie, one of which is damaged. */
  | {
      readonly kind: 'differs';
      readonly segment: number;
      readonly isRaw: boolean;
      readonly a: BytePlace;
      readonly b: BytePlace;
    }
  /** One copy cannot be read, and there is nothing to tell where it went wrong. */
  | {
      readonly kind: 'unreadable';
      readonly segment: number;
      readonly which: 'a' | 'b';
      readonly path: string;
    }
  /** They are copies of two logs. Nothing else is compared. */
  | { readonly kind: 'other-log'; readonly a: string; readonly b: string };

/**
 * Two compressed files that hold the same and are not the same, named by their first byte that differs: two versions of the
 * encoder, or a flipped bit that means nothing to the decoder.
 */
export interface LogEncodings {
  readonly segment: number;
  readonly a: BytePlace;
  readonly b: BytePlace;
}

/** What one copy has and the other has not. No contradiction: a copy can be short (invariant 1). */
export interface LogShortage {
  readonly segment: number;
  /** The copy that has less. */
  readonly which: 'a' | 'b';
  /** How much less, bytes of plain content. */
  readonly bytes: number;
  /** `behind`: the copy ends there; `dropped`: it begins later; `hole`: it goes on after it. */
  readonly kind: 'behind' | 'dropped' | 'hole';
}

/** What {@link compareLogs} found. */
export interface LogComparison {
  /** Every byte that both copies have is the same in both. */
  readonly agrees: boolean;
  /** How many bytes both have and have been compared, by SHA-256 or one by one. */
  readonly comparedBytes: number;
  readonly differences: readonly LogDifference[];
  readonly shortages: readonly LogShortage[];
  readonly encodings: readonly LogEncodings[];
  /** By how many bytes each copy ends before the other. At most one of them is over 0. */
  readonly behindBytes: { readonly a: number; readonly b: number };
}

interface SegmentComparison {
  readonly comparedBytes: number;
  readonly difference?: LogDifference;
  readonly shortage?: LogShortage;
  readonly encodings?: LogEncodings | undefined;
}

/**
 * Proves that two copies agree over what both have: by SHA-256 where both have a segment to the same length, byte by byte where one
 * is shorter or they differ. The reports say what to compare up to, so that copies which grow meanwhile do no harm.
 *
 * @throws system errors; the reason of `signal`.
 */
export async function compareLogs(
  a: LogReport,
  b: LogReport,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<LogComparison> {
  if (a.id !== undefined && b.id !== undefined && a.id !== b.id) {
    return summarize([{ comparedBytes: 0, difference: { kind: 'other-log', a: a.id, b: b.id } }]);
  }
  const ofA = new Map(a.segments.map((segment) => [segment.number, segment]));
  const ofB = new Map(b.segments.map((segment) => [segment.number, segment]));
  const numbers = [...new Set([...ofA.keys(), ...ofB.keys()])].sort((x, y) => x - y);
  const found: SegmentComparison[] = [];
  for (const number of numbers) {
    options.signal?.throwIfAborted();
    const [inA, inB] = [ofA.get(number), ofB.get(number)];
    found.push(
      inA === undefined || inB === undefined
        ? missing(a, b, inA ?? inB)
        : await compareSegment([a, inA], [b, inB], options.signal),
    );
  }
  return summarize(found);
}

type Side = readonly [LogReport, SegmentReport];

async function compareSegment(a: Side, b: Side, signal?: AbortSignal): Promise<SegmentComparison> {
  const [inA, inB] = [a[1], b[1]];
  if (inA.sha256 === undefined || inB.sha256 === undefined) return await compareDamaged(inA, inB, signal);
  if (inA.sha256 === inB.sha256) {
    return { comparedBytes: inA.bytes, encodings: await compareEncodings(inA, inB, signal) };
  }
  const segment = inA.number;
  const length = Math.min(inA.bytes, inB.bytes);
  const plainA = readBytes(a[0].paths, segment, signal);
  const plainB = readBytes(b[0].paths, segment, signal);
  const result = await compareBytes(plainA, plainB, length);
  if (result.kind === 'differ') {
    const at = (path: string): BytePlace => ({ path, offset: result.offset });
    const difference = { kind: 'differs', segment, isRaw: false, a: at(inA.path), b: at(inB.path) } as const;
    return { comparedBytes: result.offset, difference };
  }
  if (result.bytes < length) throw new Error(`segment ${segment} became shorter while it was compared`);
  return { comparedBytes: length, ...shortageOf(a, b) };
}

/** Of a compressed file that cannot be decoded, the same file of the other copy tells which byte it is. */
async function compareDamaged(
  inA: SegmentReport,
  inB: SegmentReport,
  signal?: AbortSignal,
): Promise<SegmentComparison> {
  const places = await compareEncodings(inA, inB, signal);
  if (places !== undefined)
    return { comparedBytes: 0, difference: { kind: 'differs', isRaw: true, ...places } };
  // Not two compressed files, or equal bytes that neither can decode: they were damaged before they were copied.
  const isA = inA.sha256 === undefined;
  const path = isA ? inA.path : inB.path;
  return {
    comparedBytes: 0,
    difference: { kind: 'unreadable', segment: inA.number, which: isA ? 'a' : 'b', path },
  };
}

async function compareEncodings(
  inA: SegmentReport,
  inB: SegmentReport,
  signal?: AbortSignal,
): Promise<LogEncodings | undefined> {
  if (inA.kind !== 'sealed' || inB.kind !== 'sealed') return undefined;
  const result = await compareBytes(readRaw(inA.path, signal), readRaw(inB.path, signal));
  if (result.kind === 'equal') return undefined;
  const offset = result.kind === 'differ' ? result.offset : result.bytes;
  return { segment: inA.number, a: { path: inA.path, offset }, b: { path: inB.path, offset } };
}

function shortageOf(a: Side, b: Side): { readonly shortage?: LogShortage } {
  const bytes = a[1].bytes - b[1].bytes;
  if (bytes === 0) return {};
  const [which, { segments }, { number }] =
    bytes < 0 ? (['a', a[0], a[1]] as const) : (['b', b[0], b[1]] as const);
  const isLast = segments.at(-1)?.number === number;
  return {
    shortage: { segment: number, which, bytes: Math.abs(bytes), kind: isLast ? 'behind' : 'hole' },
  };
}

/** One of two copies does not have the segment at all. */
function missing(a: LogReport, b: LogReport, present: SegmentReport | undefined): SegmentComparison {
  if (present === undefined) return { comparedBytes: 0 };
  const { number, bytes } = present;
  const isInA = a.segments.includes(present);
  const numbers = (isInA ? b : a).segments.map((segment) => segment.number);
  const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 0];
  const kind = number > last ? 'behind' : number < first ? 'dropped' : 'hole';
  return { comparedBytes: 0, shortage: { segment: number, which: isInA ? 'b' : 'a', bytes, kind } };
}

function summarize(found: readonly SegmentComparison[]): LogComparison {
  const differences = found.flatMap(({ difference }) => difference ?? []);
  const shortages = found.flatMap(({ shortage }) => shortage ?? []);
  const behind = (side: 'a' | 'b') =>
    shortages
      .filter(({ which, kind }) => which === side && kind === 'behind')
      .reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    agrees: differences.length === 0,
    comparedBytes: found.reduce((sum, { comparedBytes }) => sum + comparedBytes, 0),
    differences,
    shortages,
    encodings: found.flatMap(({ encodings }) => encodings ?? []),
    behindBytes: { a: behind('a'), b: behind('b') },
  };
}

async function* readBytes(
  paths: LogPaths,
  segment: number,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  for await (const { bytes } of readSegment(paths, segment, 0, signal)) yield bytes;
}

async function* readRaw(path: string, signal?: AbortSignal): AsyncGenerator<Buffer, void, void> {
  yield* createReadStream(path, { highWaterMark: 256 * 1024, signal }) as AsyncIterable<Buffer>;
}
