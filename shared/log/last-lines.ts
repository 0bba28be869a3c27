import { stat } from 'node:fs/promises';
import { errnoOf } from '../errors/errors.ts';
import { LineSplitter } from './line-splitter.ts';
import { listSegments, type StoredSegment } from './list-segments.ts';
import type { LogPaths } from './log.ts';
import type { LogLine } from './log-lines.ts';
import { readSegment } from './read-log.ts';
import { isHeaderLine } from './segment-header.ts';
import { readSegmentRecords } from './segment-records.ts';

/**
 * The newest samples of a log, oldest of them first: at most `count`, and at most `maxBytes` of them together, bytes. The
 * lines that name log and segment are left out, and so is a last line that is not ended yet.
 */
export async function readLastLines(
  paths: LogPaths,
  count: number,
  maxBytes = 256 * 1024,
): Promise<readonly LogLine[]> {
  let lines: readonly LogLine[] = [];
  let room = maxBytes;
  for (const segment of [...(await listSegments(paths))].reverse()) {
    const { found, isAll } = await readEnd(paths, segment, count - lines.length, room);
    room -= sizeOf(found);
    lines = [...found, ...lines];
    if (!isAll || lines.length >= count) break;
  }
  return lines;
}

/** The last lines of one segment; `isAll` when they are all it has, so that the one before it comes next. */
async function readEnd(
  paths: LogPaths,
  segment: StoredSegment,
  count: number,
  room: number,
): Promise<{ readonly found: readonly LogLine[]; readonly isAll: boolean }> {
  const bytes = await lengthOf(paths, segment);
  // One byte more, to tell whether the first line is whole.
  const from = Math.max(0, bytes - room - 1);
  const found: LogLine[] = [];
  const splitter = new LineSplitter(from);
  for await (const chunk of readSegment(paths, segment.number, from)) {
    splitter.push(chunk.bytes, (line, offset, end) => {
      const isCut = offset === from && from > 0;
      const text = line.toString('utf8');
      if (isCut || isHeaderLine(text)) return;
      found.push({ segment: segment.number, offset, text, end });
      if (found.length > count) found.shift();
    });
  }
  const fitting = fit(found, room);
  return { found: fitting, isAll: from === 0 && fitting.length === found.length };
}

/** The newest of the lines that have room together. */
function fit(lines: readonly LogLine[], room: number): readonly LogLine[] {
  let first = lines.length;
  for (let left = room; first > 0; first--) {
    left -= sizeOf(lines.slice(first - 1, first));
    if (left < 0) break;
  }
  return lines.slice(first);
}

function sizeOf(lines: readonly LogLine[]): number {
  return lines.reduce((sum, { offset, end }) => sum + end - offset, 0);
}

async function lengthOf(paths: LogPaths, { kind, number, path }: StoredSegment): Promise<number> {
  const record = (await readSegmentRecords(paths)).sealed.get(number);
  if (record !== undefined) return record.bytes;
  // Sealed and not recorded is damage, to be found by others; here all of it is read.
  if (kind === 'sealed') return 0;
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
