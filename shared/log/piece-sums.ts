import { crc32 } from 'node:zlib';

/**
 * Length of a piece of a segment, bytes of plain content. Of a segment that is damaged later, what lies before the damaged piece can be
 * proven and sent: this much, a few minutes of a log, is lost with the byte that is wrong.
 */
export const PIECE_BYTES = 256 * 1024;

/** CRC-32 of each piece of a run of bytes, the last one as short as it is; being taken. */
export interface RunningPieceSums {
  /** Adds the next bytes. */
  update(chunk: Buffer): void;
  /** Ends it. To be called once. */
  result(): readonly number[];
}

/** Starts the CRC-32s of the pieces of a run of bytes. */
export function startPieceSums(): RunningPieceSums {
  const sums: number[] = [];
  let crc = 0;
  let filled = 0;
  return {
    update(chunk) {
      for (const part of cutAtPieces(chunk, filled)) {
        crc = crc32(part, crc);
        filled = (filled + part.length) % PIECE_BYTES;
        if (filled > 0) continue;
        sums.push(crc);
        crc = 0;
      }
    },
    result: () => (filled > 0 ? [...sums, crc] : sums),
  };
}

/** Cuts a chunk where pieces end. @param offset where the chunk begins, bytes from the beginning of the segment or of a piece */
export function* cutAtPieces(chunk: Buffer, offset: number): Generator<Buffer, void, void> {
  let at = offset % PIECE_BYTES;
  for (let rest = chunk; rest.length > 0; ) {
    const part = rest.subarray(0, PIECE_BYTES - at);
    yield part;
    rest = rest.subarray(part.length);
    at = 0;
  }
}

/** The sums as they stand in a record: eight hex digits each. */
export function encodePieceSums(sums: readonly number[]): string {
  return sums.map((sum) => sum.toString(16).padStart(8, '0')).join('');
}

/** Reads what {@link encodePieceSums} wrote; undefined when it is nothing of the kind. */
export function decodePieceSums(text: unknown): readonly number[] | undefined {
  if (typeof text !== 'string' || !/^(?:[0-9a-f]{8})+$/.test(text)) return undefined;
  return (text.match(/.{8}/g) ?? []).map((sum) => Number.parseInt(sum, 16));
}
