import { describeError } from '../../shared/errors/errors.ts';
import { digestOf } from '../../shared/log/digest.ts';
import { listSegments } from '../../shared/log/list-segments.ts';
import type { LogWriter } from '../../shared/log/log-writer.ts';
import type { Position } from '../../shared/log/position.ts';
import { readSegment } from '../../shared/log/read-log.ts';
import type { DigestResult } from '../../shared/protocol/messages.ts';

/** The newest segments are answered for; a message holds no more. */
const MAX_SEGMENTS = 500;

/**
 * Says what this node's own copy holds up to a position: length and SHA-256 of each segment, read from the disk, the last one up to
 * the position's offset. Takes as long as reading the log takes.
 */
export async function answerDigest(
  writer: LogWriter,
  upTo: Position,
  signal: AbortSignal,
): Promise<Pick<DigestResult, 'segments' | 'error'>> {
  try {
    const listed = (await listSegments(writer.paths)).filter(({ number }) => number <= upTo.segment);
    const segments: { number: number; bytes: number; sha256: string }[] = [];
    for (const { number } of listed.slice(-MAX_SEGMENTS)) {
      const limit = number === upTo.segment ? upTo.offset : Number.POSITIVE_INFINITY;
      const digest = await digestOf(upToLimit(writer, number, limit, signal));
      segments.push({ number, ...digest });
    }
    return { segments };
  } catch (error) {
    return { error: describeError(error).slice(0, 500) };
  }
}

async function* upToLimit(
  writer: LogWriter,
  segment: number,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const { offset, bytes } of readSegment(writer.paths, segment, 0, signal)) {
    yield bytes.subarray(0, Math.max(0, limit - offset));
    if (offset + bytes.length >= limit) return;
  }
}
