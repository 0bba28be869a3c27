import { open, stat, truncate } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { decodeToDamage } from '../../../shared/log/decode-to-damage.ts';
import { sealedSegmentPath } from '../../../shared/log/log.ts';
import { isDecodingError } from '../../../shared/log/read-stored.ts';
import { logPair } from '../../helpers/log-pair.ts';
import { appendNoise, contentOf, NOON_MS } from '../../helpers/logs.ts';

/** zstd decodes by blocks of this many plain bytes. */
const BLOCK_BYTES = 128 * 1024;

async function sealedSegment(t: Test) {
  const { writer, writerPaths, sealer } = await logPair(t, { segmentBytes: 16 * BLOCK_BYTES });
  appendNoise(writer, 0, 450);
  writer.closeSegment(NOON_MS);
  await sealer.idle();
  const path = sealedSegmentPath(writerPaths, 1);
  return {
    path,
    content: Buffer.from(await contentOf(writerPaths, 1), 'latin1'),
    size: (await stat(path)).size,
  };
}

/** Takes its time between two chunks, in which a decoder may get far ahead. */
async function readSlowly(path: string): Promise<{ bytes: Buffer; error: unknown }> {
  const read: Buffer[] = [];
  try {
    for await (const chunk of decodeToDamage(path)) {
      read.push(chunk);
      for (let n = 0; n < 50; n++) await turn();
    }
  } catch (error) {
    return { bytes: Buffer.concat(read), error };
  }
  return { bytes: Buffer.concat(read), error: undefined };
}

t.test('a sound segment comes whole', async (t) => {
  const { path, content } = await sealedSegment(t);
  const { bytes, error } = await readSlowly(path);
  t.equal(error, undefined);
  t.ok(bytes.equals(content));
});

t.test(
  'of a segment that ends early all that can be decoded comes, however slowly it is taken',
  async (t) => {
    const { path, content, size } = await sealedSegment(t);
    await truncate(path, Math.floor(size * 0.9));
    const { bytes, error } = await readSlowly(path);
    t.ok(isDecodingError(error), String(error));
    t.equal(bytes.length % BLOCK_BYTES, 0, `${bytes.length} bytes are whole blocks`);
    t.ok(bytes.length > content.length / 2);
    t.ok(bytes.equals(content.subarray(0, bytes.length)));
  },
);

t.test('a block that cannot be decoded costs nothing of those before it', async (t) => {
  const { path, content, size } = await sealedSegment(t);
  const file = await open(path, 'r+');
  // No header of a block looks like this: its type is reserved.
  await file.write(Buffer.alloc(size, 0xff), 0, Math.floor(size * 0.1), Math.floor(size * 0.9));
  await file.close();
  const { bytes, error } = await readSlowly(path);
  t.ok(isDecodingError(error), String(error));
  t.equal(bytes.length % BLOCK_BYTES, 0, `${bytes.length} bytes are whole blocks`);
  t.ok(bytes.length > content.length / 2);
});
