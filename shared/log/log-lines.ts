import { setTimeout as delay } from 'node:timers/promises';
import { LineSplitter } from './line-splitter.ts';
import { listSegments } from './list-segments.ts';
import type { LogPaths } from './log.ts';
import type { Position } from './position.ts';
import { readSegment } from './read-log.ts';
import { isHeaderLine } from './segment-header.ts';
import { readSegmentRecords } from './segment-records.ts';

/** A sample as it stands in a log, and where it begins. */
export interface LogLine extends Position {
  /** Without `\n`, decoded: bytes that are not UTF-8 became U+FFFD, so its length says nothing about the file. */
  readonly text: string;
  /** The offset of the next line in the same segment, bytes. */
  readonly end: number;
}

/** Options of {@link readLines}. */
export interface ReadLinesOptions {
  /** Only samples of this time or later, ms since 1970; all when not given. */
  readonly fromMs?: number | undefined;
  /** Where to begin; the log's beginning when not given. */
  readonly from?: Position | undefined;
  /** Goes on as the log grows, until `signal` is aborted. */
  readonly follow?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How long a follower of lines waits before it looks again, ms. */
const POLL_MS = 250;
/** `{"t":"` stands before the time, which is 24 characters long. */
const TIME = { begin: 6, end: 30 } as const;

/**
 * Reads the samples of a log, oldest first, across its segments, also compressed ones. The lines that name log and
 * segment are left out, and so is a last line that is not ended yet. With `follow` it waits for more, and
 * ends, without an error, when `signal` is aborted.
 */
export async function* readLines(
  paths: LogPaths,
  options: ReadLinesOptions = {},
): AsyncGenerator<LogLine, void, void> {
  const { fromMs, follow = false, signal } = options;
  const fromText = fromMs === undefined ? '' : new Date(fromMs).toISOString();
  let at = options.from ?? { segment: await firstSegment(paths, fromMs), offset: 0 };
  const isAborted = () => signal?.aborted === true;
  while (!isAborted()) {
    // Listed before reading: a segment that has a successor by now has all its bytes.
    const next = await segmentAfter(paths, at.segment);
    for await (const line of linesOf(paths, at)) {
      if (isAborted()) return;
      at = { segment: line.segment, offset: line.end };
      const time = line.text.slice(TIME.begin, TIME.end);
      if (!isHeaderLine(line.text) && time >= fromText) yield line;
    }
    if (next !== undefined) at = { segment: next, offset: 0 };
    else if (!follow) return;
    else await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** The first segment that may hold a sample of `fromMs` or later; what is sealed says its times. */
async function firstSegment(paths: LogPaths, fromMs: number | undefined): Promise<number> {
  const numbers = (await listSegments(paths)).map(({ number }) => number);
  const { sealed } = await readSegmentRecords(paths);
  const isWanted = (number: number): boolean => {
    const toMs = sealed.get(number)?.toMs;
    return fromMs === undefined || toMs === undefined || toMs >= fromMs;
  };
  return numbers.find(isWanted) ?? numbers.at(-1) ?? 0;
}

async function segmentAfter(paths: LogPaths, segment: number): Promise<number | undefined> {
  return (await listSegments(paths)).find(({ number }) => number > segment)?.number;
}

async function* linesOf(paths: LogPaths, at: Position): AsyncGenerator<LogLine, void, void> {
  const splitter = new LineSplitter(at.offset);
  for await (const { bytes } of readSegment(paths, at.segment, at.offset)) {
    const lines: LogLine[] = [];
    splitter.push(bytes, (line, offset, end) => {
      lines.push({ segment: at.segment, offset, text: line.toString('utf8'), end });
    });
    yield* lines;
  }
}
