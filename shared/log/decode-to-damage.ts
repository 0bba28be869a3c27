import { createReadStream } from 'node:fs';
import { createZstdDecompress } from 'node:zlib';

/** What is decoded at once, compressed bytes: more costs no less, and what a damaged part decodes to may be lost. */
const PART_BYTES = 16 * 1024;

/**
 * Decodes a compressed segment, and yields all that comes before damage before it tells of it. A stream that is iterated over drops
 * what it has decoded and nobody has taken yet, so how much comes would depend on who is faster.
 *
 * @throws an error that `isDecodingError` knows, when it is damaged or ends early; system errors
 */
export async function* decodeToDamage(path: string): AsyncGenerator<Buffer, void, void> {
  const decoder = createZstdDecompress();
  let decoded: Buffer[] = [];
  decoder.on('data', (chunk: Buffer) => decoded.push(chunk));
  // The callback of a part that is damaged is not called.
  const broken = new Promise<Error>((resolve) => decoder.once('error', resolve));
  function* take(): Generator<Buffer, void, void> {
    yield* decoded;
    decoded = [];
  }
  async function* step(begin: (done: () => void) => void): AsyncGenerator<Buffer, void, void> {
    const error = await Promise.race([
      new Promise<undefined>((resolve) => begin(() => resolve(undefined))),
      broken,
    ]);
    yield* take();
    if (error !== undefined) throw error;
  }
  try {
    const parts: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: PART_BYTES });
    for await (const part of parts) yield* step((done) => decoder.write(part, done));
    yield* step((done) => decoder.once('end', done).end());
  } finally {
    decoder.destroy();
  }
}
