import { appendFile, open, readFile } from 'node:fs/promises';
import { errnoOf } from '../errors/errors.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import type { LogPaths } from './log.ts';
import { decodePieceSums, encodePieceSums } from './piece-sums.ts';

/** A sealed segment, as every copy records it (invariant 6). */
export interface SegmentRecord {
  readonly number: number;
  /** Bytes of its plain content. */
  readonly bytes: number;
  /** SHA-256 of its plain content, hex. */
  readonly sha256: string;
  /** Time of its first and last line, ms since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  /** This copy ends before the segment does. Only the node can say that the rest is gone; see {@link isPartial}. */
  readonly isShort: boolean;
  /**
   * Of a segment that is short: the rest was missing where this copy was made from, and the node never said that it is gone. It is
   * fetched as soon as another copy has it.
   */
  readonly isPartial?: boolean | undefined;
  /** CRC-32 of each piece of its plain content (`piece-sums.ts`), where the writer's version took them. */
  readonly pieces?: readonly number[] | undefined;
}

/** Segments, a run of numbers, that this copy once was to have and will not have. */
export interface LostSegments {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
  /** Why, for a person. */
  readonly reason: string;
  /** When that was found, ms since 1970. */
  readonly atMs: number;
  /** The file that was set aside, if there was one; its name in the log's directory. */
  readonly aside?: string | undefined;
  /** What had been recorded of it; of a single segment that was sealed here. */
  readonly record?: SegmentRecord | undefined;
}

/** The records of a copy, and what became of its segments. */
export interface SegmentRecords {
  /** By number, ascending; dropped and lost ones are not among them. */
  readonly sealed: ReadonlyMap<number, SegmentRecord>;
  /** In the order in which they were found; one that was given back later is among `sealed`, too. */
  readonly lost: readonly LostSegments[];
  /** The highest number dropped by retention, or 0. */
  readonly droppedTo: number;
}

/** Reads `segments.ndjson`. A torn last line is what a kill leaves behind; it was never relied upon. */
export async function readSegmentRecords(paths: LogPaths): Promise<SegmentRecords> {
  const text = await readFile(paths.records, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  });
  const sealed = new Map<number, SegmentRecord>();
  const lost: LostSegments[] = [];
  let droppedTo = 0;
  for (const line of text.split('\n')) {
    const json = parseLine(line);
    if (json === undefined) continue;
    if (typeof json['dropped'] === 'number') {
      droppedTo = Math.max(droppedTo, json['dropped']);
      sealed.delete(json['dropped']);
    } else if (typeof json['lost'] === 'object') {
      const found = toLost(json, sealed);
      if (found === undefined) continue;
      lost.push(found);
      for (const number of sealed.keys())
        if (number >= found.from && number <= found.to) sealed.delete(number);
    } else {
      const record = toRecord(json);
      if (record !== undefined) sealed.set(record.number, record);
    }
  }
  return { sealed: new Map([...sealed].sort(([a], [b]) => a - b)), lost, droppedTo };
}

/** Records a sealed segment durably. Recording it twice does no harm. */
export async function recordSealed(paths: LogPaths, record: SegmentRecord): Promise<void> {
  await appendDurably(paths, {
    number: record.number,
    bytes: record.bytes,
    sha256: record.sha256,
    from: new Date(record.fromMs).toISOString(),
    to: new Date(record.toMs).toISOString(),
    ...(record.isShort ? { short: true } : {}),
    ...(record.isPartial === true ? { partial: true } : {}),
    ...(record.pieces === undefined ? {} : { pieces: encodePieceSums(record.pieces) }),
  });
}

/** Records durably that this copy will not have these segments. */
export async function recordLost(paths: LogPaths, lost: Omit<LostSegments, 'record'>): Promise<void> {
  const { from, to, reason, aside } = lost;
  const at = new Date(lost.atMs).toISOString();
  await appendDurably(paths, { lost: { from, to }, reason, at, aside });
}

/** Records durably that retention dropped a segment from this copy; done before its file goes. */
export async function recordDropped(paths: LogPaths, number: number): Promise<void> {
  await appendDurably(paths, { dropped: number });
}

async function appendDurably(paths: LogPaths, json: object): Promise<void> {
  // A leading \n ends a line that a kill tore; empty lines are skipped when reading.
  await appendFile(paths.records, `\n${JSON.stringify(json)}\n`);
  const file = await open(paths.records, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDirectory(paths.directory);
}

function parseLine(line: string): { [key: string]: unknown } | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as { [key: string]: unknown };
  } catch {
    return undefined;
  }
}

function toRecord(json: { [key: string]: unknown }): SegmentRecord | undefined {
  const { number, bytes, sha256 } = json;
  if (typeof number !== 'number' || typeof bytes !== 'number' || typeof sha256 !== 'string') return undefined;
  const fromMs = parseTime(json['from']);
  const toMs = parseTime(json['to']);
  const pieces = decodePieceSums(json['pieces']);
  return {
    ...{ number, bytes, sha256, fromMs, toMs },
    isShort: json['short'] === true,
    ...(json['partial'] === true ? { isPartial: true } : {}),
    ...(pieces === undefined ? {} : { pieces }),
  };
}

function toLost(
  json: { [key: string]: unknown },
  sealed: ReadonlyMap<number, SegmentRecord>,
): LostSegments | undefined {
  const { from, to } = (json['lost'] ?? {}) as { [key: string]: unknown };
  if (typeof from !== 'number' || typeof to !== 'number') return undefined;
  return {
    from,
    to,
    reason: String(json['reason']),
    atMs: parseTime(json['at']),
    aside: typeof json['aside'] === 'string' ? json['aside'] : undefined,
    record: from === to ? sealed.get(from) : undefined,
  };
}

/** ms since 1970; 0 where it says no time. */
function parseTime(text: unknown): number {
  const ms = Date.parse(String(text));
  return Number.isNaN(ms) ? 0 : ms;
}
