import { open, stat, truncate } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { decodeToDamage } from '../../../shared/log/decode-to-damage.ts';
import { isDecodingError } from '../../../shared/log/read-stored.ts';
import { noisySegment } from '../../helpers/noisy-segment.ts';

/** zstd decodes by blocks of this many plain bytes. */
const BLOCK_BYTES = 128 * 1024;

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
  const { path, content } = await noisySegment(t);
  const { bytes, error } = await readSlowly(path);
  t.equal(error, undefined);
  t.ok(bytes.equals(content));
});

t.test(
  'of a segment that ends early all that can be decoded comes, however slowly it is taken',
  async (t) => {
    const { path, content } = await noisySegment(t);
    const { size } = await stat(path);
    await truncate(path, Math.floor(size * 0.9));
    const { bytes, error } = await readSlowly(path);
    t.ok(isDecodingError(error), String(error));
    t.equal(bytes.length % BLOCK_BYTES, 0, `${bytes.length} bytes are whole blocks`);
    t.ok(bytes.length > content.length / 2);
    t.ok(bytes.equals(content.subarray(0, bytes.length)));
  },
);

t.test('a block that cannot be decoded costs nothing of those before it', async (t) => {
  const { path, content } = await noisySegment(t);
  const { size } = await stat(path);
  const file = await open(path, 'r+');
  // No header of a block looks like this: its type is reserved.
  await file.write(Buffer.alloc(size, 0xff), 0, Math.floor(size * 0.1), Math.floor(size * 0.9));
  await file.close();
  const { bytes, error } = await readSlowly(path);
  t.ok(isDecodingError(error), String(error));
  t.equal(bytes.length % BLOCK_BYTES, 0, `${bytes.length} bytes are whole blocks`);
  t.ok(bytes.length > content.length / 2);
});
