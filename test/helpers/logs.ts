import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listSegments } from '../../shared/log/list-segments.ts';
import { type LogPaths, logPaths } from '../../shared/log/log.ts';
import type { LogWriter, LogWriterOptions } from '../../shared/log/log-writer.ts';
import { openLogWriter } from '../../shared/log/open-log-writer.ts';
import { readSegment } from '../../shared/log/read-log.ts';
import { type Sealer, type SealJob, startSealer } from '../../shared/log/sealer.ts';
import type { SegmentRecord } from '../../shared/log/segment-records.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';

/** Noon of a day, UTC, ms: far from both midnights. */
export const NOON_MS = Date.UTC(2026, 0, 2, 12);

/** A new directory for logs below the system's temporary directory, and the paths of node 7 in it. */
export async function newPaths(): Promise<LogPaths> {
  return pathsIn(await mkdtemp(join(tmpdir(), 'fleetkeep-log-')));
}

/** The paths of node 7 below `root`. */
export function pathsIn(root: string): LogPaths {
  return logPaths(root, parseNodeName('7'));
}

/**
 * A sample without `\n`: number `n` of a series, a second apart, `size` bytes of filling. One character of it is two bytes, as in the
 * names of some processors, so that a test finds out who counts the ones where the others are meant.
 */
export function sample(n: number, size = 0): string {
  return JSON.stringify({ t: new Date(NOON_MS + n * 1000).toISOString(), n, x: `®${'x'.repeat(size)}` });
}

/** A sealer that remembers what went wrong. */
export function rememberingSealer(): { readonly sealer: Sealer; readonly failed: [SealJob, unknown][] } {
  const failed: [SealJob, unknown][] = [];
  return { sealer: startSealer({ onError: (job, error) => failed.push([job, error]) }), failed };
}

/** Opens a writer with boot id `boot-1`, unless told otherwise. */
export async function openWriter(
  paths: LogPaths,
  options: Partial<LogWriterOptions> & Pick<LogWriterOptions, 'sealer'>,
  atMs = NOON_MS,
): Promise<LogWriter> {
  return await openLogWriter({ paths, bootId: 'boot-1', segmentBytes: 1024 * 1024, ...options }, atMs);
}

/** A {@link sample} as {@link contentOf} shows it: a character for each byte. */
export function storedSample(n: number, size = 0): string {
  return Buffer.from(sample(n, size)).toString('latin1');
}

/** Appends the samples [from, to). */
export function appendSamples(writer: LogWriter, from: number, to: number, size = 0): void {
  for (let n = from; n < to; n++) writer.append(sample(n, size), NOON_MS + n * 1000);
}

/** The plain content of one segment of a copy, a character for each byte (latin1), so that offsets and lengths are right. */
export async function contentOf(paths: LogPaths, segment: number): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const { bytes } of readSegment(paths, segment)) chunks.push(bytes);
  return Buffer.concat(chunks).toString('latin1');
}

/** The plain content of every segment of a copy, by number. */
export async function contentsOf(paths: LogPaths): Promise<ReadonlyMap<number, string>> {
  const contents = new Map<number, string>();
  for (const { number } of await listSegments(paths)) contents.set(number, await contentOf(paths, number));
  return contents;
}

/** The numbers of the whole samples in a text, in the order they stand there. */
export function numbersIn(text: string): readonly number[] {
  return [...text.matchAll(/^\{"t":"[^"]*","n":(\d+),"x":"[^"x]+x*"\}$/gm)].map(([, n]) => Number(n));
}

/** The numbers of the whole samples of a copy. */
export async function numbersOf(paths: LogPaths): Promise<readonly number[]> {
  return numbersIn([...(await contentsOf(paths)).values()].join(''));
}

/** All that comes, in one list. */
export async function collect<T>(all: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}

/** The record of a segment that must have been sealed by now. */
export function recordOf(writer: LogWriter, segment: number): SegmentRecord {
  const record = writer.sealed.get(segment);
  if (record === undefined) throw new Error(`segment ${segment} is not sealed`);
  return record;
}

/** Records as copies have them that do not write: without the sums of pieces, which the writer alone takes. */
export function withoutPieces(
  records: ReadonlyMap<number, SegmentRecord>,
): ReadonlyMap<number, SegmentRecord> {
  return new Map([...records].map(([number, { pieces: _, ...record }]) => [number, record]));
}

/** Appends samples that do not compress well, `count` of about 2 KiB each, at the times [from, from + count). */
export function appendNoise(writer: LogWriter, from: number, count: number): void {
  for (let n = from; n < from + count; n++) {
    const atMs = NOON_MS + n * 1000;
    writer.append(
      JSON.stringify({ t: new Date(atMs).toISOString(), n, noise: randomBytes(1000).toString('hex') }),
      atMs,
    );
  }
}

/** Flips the lowest bit of one byte of a file. */
export async function flipByte(path: string, offset: number): Promise<void> {
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
  await writeFile(path, bytes);
}

/** Names from `from` to `to`, exclusive. */
export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
