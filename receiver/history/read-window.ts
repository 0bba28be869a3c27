import { type FileHandle, open } from 'node:fs/promises';
import { LineSplitter } from '../../shared/log/line-splitter.ts';
import { listSegments, type StoredSegment } from '../../shared/log/list-segments.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { readSegment } from '../../shared/log/read-log.ts';
import { readSegmentRecords } from '../../shared/log/segment-records.ts';
import type { TimeRange } from './history.ts';

/** A line of a log with its time. */
export interface TimedLine {
  readonly atMs: number;
  readonly text: string;
}

/** What the search for a time reads at once: more than one line, bytes. */
const PROBE_BYTES = 128 * 1024;

/** A clock may have been set back by less than that without lines being missed, ms. */
const SLACK_MS = 60_000;

/** `{"t":"2026-11-20T22:00:00.000Z` */
const TIME = { begin: 6, end: 30 } as const;

/**
 * Reads the lines of a log whose time lies in a range. Segments of another time are not touched; in one that is not compressed
 * the beginning is found by halving, a compressed one is decoded from its beginning.
 *
 * @throws the system's error when the disk cannot be read
 */
export async function* readWindow(paths: LogPaths, range: TimeRange): AsyncGenerator<TimedLine, void, void> {
  const segments = await listSegments(paths);
  const { sealed } = await readSegmentRecords(paths);
  for (const segment of segments) {
    const record = sealed.get(segment.number);
    if (record !== undefined && (record.toMs < range.fromMs || record.fromMs >= range.toMs)) continue;
    const from = segment.kind === 'sealed' ? 0 : await findTime(segment, range.fromMs);
    yield* linesFrom(paths, segment.number, from, range);
  }
}

/** Whether a line is one of the busiest processes. */
export function isTopLine(line: string): boolean {
  return line.startsWith('","top":', TIME.end);
}

async function* linesFrom(
  paths: LogPaths,
  segment: number,
  from: number,
  { fromMs, toMs }: TimeRange,
): AsyncGenerator<TimedLine, void, void> {
  const splitter = new LineSplitter(from);
  for await (const { bytes } of readSegment(paths, segment, from)) {
    const lines: TimedLine[] = [];
    let isPast = false;
    splitter.push(bytes, (line) => {
      const atMs = timeOf(line);
      if (atMs >= fromMs && atMs < toMs) lines.push({ atMs, text: line.toString('utf8') });
      isPast ||= atMs >= toMs + SLACK_MS;
    });
    yield* lines;
    if (isPast) return;
  }
}

/** The time at the beginning of a line, ms since 1970; NaN when it has none. */
function timeOf(line: Buffer): number {
  return Date.parse(line.toString('latin1', TIME.begin, TIME.end));
}

/** Where, or a little before, the first line of a time stands in a file whose lines rise in time. */
async function findTime({ path }: StoredSegment, fromMs: number): Promise<number> {
  const file = await open(path, 'r').catch(() => undefined);
  // It was closed or sealed meanwhile: whoever reads it finds it elsewhere, from its beginning.
  if (file === undefined) return 0;
  try {
    let low = 0;
    let high = (await file.stat()).size;
    while (high - low > PROBE_BYTES) {
      const middle = Math.floor((low + high) / 2);
      const line = await lineAfter(file, middle);
      if (line === undefined || line.atMs >= fromMs) high = middle;
      else low = line.offset;
    }
    return low;
  } finally {
    await file.close();
  }
}

async function lineAfter(
  file: FileHandle,
  at: number,
): Promise<{ readonly offset: number; readonly atMs: number } | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(PROBE_BYTES), 0, PROBE_BYTES, at);
  const bytes = buffer.subarray(0, bytesRead);
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, end + 1)) {
    const atMs = timeOf(bytes.subarray(end + 1, end + 1 + TIME.end));
    if (!Number.isNaN(atMs)) return { offset: at + end + 1, atMs };
  }
  return undefined;
}
