import type { Test } from 'tap';
import { type LogPaths, sealedSegmentPath } from '../../shared/log/log.ts';
import { PIECE_BYTES } from '../../shared/log/piece-sums.ts';
import type { SegmentRecord } from '../../shared/log/segment-records.ts';
import { logPair } from './log-pair.ts';
import { appendNoise, contentOf, NOON_MS, recordOf } from './logs.ts';

/** A sealed segment of more than three pieces, which zstd could make little of. */
export interface NoisySegment {
  readonly paths: LogPaths;
  readonly path: string;
  /** What it holds, decoded. */
  readonly content: Buffer;
  readonly record: SegmentRecord;
}

/** Writes and seals one in a directory of the test's own. */
export async function noisySegment(t: Test): Promise<NoisySegment> {
  const { writer, writerPaths, sealer } = await logPair(t, { segmentBytes: 16 * PIECE_BYTES });
  appendNoise(writer, 0, 450);
  writer.closeSegment(NOON_MS);
  await sealer.idle();
  return {
    paths: writerPaths,
    path: sealedSegmentPath(writerPaths, 1),
    content: Buffer.from(await contentOf(writerPaths, 1), 'latin1'),
    record: recordOf(writer, 1),
  };
}
