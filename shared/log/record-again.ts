import { errnoOf } from '../errors/errors.ts';
import { startDigest } from './digest.ts';
import { listSegments } from './list-segments.ts';
import { type LogPaths, sealedSegmentPath } from './log.ts';
import { loseSealed } from './lose-sealed.ts';
import { startPieceSums } from './piece-sums.ts';
import { isDecodingError, readSealed } from './read-stored.ts';
import { timeOf } from './seal-segment.ts';
import { readSegmentRecords, recordSealed, type SegmentRecord } from './segment-records.ts';

/** The end of a segment in which its last line is looked for, bytes; no line is longer. */
const TAIL_BYTES = 128 * 1024;

/**
 * Records sealed segments again whose record is gone, since a line of `segments.ndjson` is damaged: without a record nobody knows where
 * such a segment ends, and whoever follows waits there for ever. The checksum that zstd keeps vouches for what is decoded; what cannot
 * be decoded is lost (invariant 10). Done when the writer's copy is opened.
 *
 * @param atMs now, ms since 1970
 */
export async function recordAgain(paths: LogPaths, atMs: number): Promise<void> {
  const { sealed } = await readSegmentRecords(paths);
  for (const { number, kind } of await listSegments(paths)) {
    if (kind !== 'sealed' || sealed.has(number)) continue;
    await settle(paths, number, atMs).catch((error: unknown) => {
      // A disk that is full or does not answer is no reason not to open the log; the next opening tries again.
      if (errnoOf(error) === undefined) throw error;
    });
  }
}

async function settle(paths: LogPaths, number: number, atMs: number): Promise<void> {
  const record = await measure(paths, number);
  if (record !== undefined) {
    await recordSealed(paths, record);
    return;
  }
  const reason = `segment ${number} is not recorded and cannot be decoded`;
  await loseSealed(paths, { number, fault: 'damaged', reason, atMs });
}

/** Undefined when it cannot be decoded. @throws the system's error when it cannot be read */
async function measure(paths: LogPaths, number: number): Promise<SegmentRecord | undefined> {
  const [digest, sums] = [startDigest(), startPieceSums()];
  let head: Buffer | undefined;
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of readSealed(sealedSegmentPath(paths, number))) {
      digest.update(chunk);
      sums.update(chunk);
      head ??= Buffer.from(chunk.subarray(0, 64));
      tail = Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES);
    }
  } catch (error) {
    if (isDecodingError(error)) return undefined;
    throw error;
  }
  const fromMs = timeOf(head?.toString('utf8') ?? '') ?? 0;
  const times = tail.toString('utf8').split('\n').map(timeOf);
  const toMs = times.findLast((time) => time !== undefined) ?? fromMs;
  return { number, ...digest.result(), fromMs, toMs, isShort: false, pieces: sums.result() };
}
