import { mkdir, rm, stat, symlink, truncate } from 'node:fs/promises';
import t from 'tap';
import { PIECE_BYTES } from '../../../shared/log/piece-sums.ts';
import { readProven, SegmentUnreadableError } from '../../../shared/log/read-proven.ts';
import { readSealed } from '../../../shared/log/read-stored.ts';
import { flipByte } from '../../helpers/logs.ts';
import { noisySegment } from '../../helpers/noisy-segment.ts';

/** Reads until the end or the error. */
async function readAll(chunks: AsyncIterable<Buffer>): Promise<{ bytes: Buffer; error: unknown }> {
  const read: Buffer[] = [];
  let error: unknown;
  try {
    for await (const chunk of chunks) read.push(chunk);
  } catch (thrown) {
    error = thrown;
  }
  return { bytes: Buffer.concat(read), error };
}

t.test('readProven() gives a sound segment from any place on', async (t) => {
  const { paths, content, record } = await noisySegment(t);
  for (const from of [0, 1, PIECE_BYTES - 1, PIECE_BYTES, 2 * PIECE_BYTES + 7, content.length]) {
    const { bytes, error } = await readAll(readProven(paths, record, from));
    t.equal(error, undefined);
    t.ok(bytes.equals(content.subarray(from)), `from ${from} on`);
  }
});

t.test(
  'log invariant 10: readProven() never gives a byte that was not written, wherever the file is damaged',
  async (t) => {
    const { paths, path, content, record } = await noisySegment(t);
    const { size } = await stat(path);
    let isDecoderFooled = false;
    for (const offset of [6, 100, size / 3, size / 2, (size * 7) / 8, size - 5, size - 1].map(Math.floor)) {
      await flipByte(path, offset);
      const { bytes, error } = await readAll(readProven(paths, record));
      t.ok(bytes.equals(content.subarray(0, bytes.length)), `flipped at ${offset}: ${bytes.length} bytes`);
      t.match(error, { name: 'SegmentUnreadableError', fault: 'damaged', soundBytes: bytes.length });
      t.equal(bytes.length % PIECE_BYTES === 0 || bytes.length === content.length, true, 'whole pieces');
      const decoded = (await readAll(readSealed(path))).bytes;
      isDecoderFooled ||= !decoded.equals(content.subarray(0, decoded.length));
      await flipByte(path, offset);
    }
    t.ok(isDecoderFooled, 'a decoder alone gives wrong bytes before it notices');
    t.equal((await readAll(readProven(paths, record))).error, undefined, 'and the file is sound again');
  },
);

t.test('readProven() gives what lies before the damage', async (t) => {
  const { paths, path, record } = await noisySegment(t);
  const { size } = await stat(path);
  await flipByte(path, Math.floor(size * 0.9));
  const { bytes } = await readAll(readProven(paths, record));
  t.equal(bytes.length, 3 * PIECE_BYTES);
});

t.test('readProven() tells a file that ends early, one that is empty and one that is gone', async (t) => {
  const { paths, path, record } = await noisySegment(t);
  await truncate(path, 1000);
  t.match((await readAll(readProven(paths, record))).error, { fault: 'damaged', soundBytes: 0 });
  await truncate(path, 0);
  t.match((await readAll(readProven(paths, record))).error, { fault: 'damaged', soundBytes: 0 });
  await rm(path);
  const { error } = await readAll(readProven(paths, record));
  t.match(error, {
    fault: 'missing',
    message: /segment 1 cannot be read beyond byte 0: its file is not there/,
  });
  t.ok(error instanceof SegmentUnreadableError);
});

t.test(
  'readProven() tells a disk that says EIO from other troubles, which are no fault of the file',
  { skip: process.platform !== 'linux' && 'no file that is sure to fail' },
  async (t) => {
    const { paths, path, record } = await noisySegment(t);
    await rm(path);
    await symlink('/proc/self/mem', path);
    const { error } = await readAll(readProven(paths, record));
    t.match(error, { fault: 'unreadable', soundBytes: 0, cause: { code: 'EIO' } });
    await rm(path);
    await mkdir(path);
    t.match((await readAll(readProven(paths, record))).error, { code: 'EISDIR' });
  },
);

t.test('readProven() tells a file of another content', async (t) => {
  const { paths, record, content } = await noisySegment(t);
  const longer = { ...record, bytes: record.bytes + 1 };
  t.match((await readAll(readProven(paths, longer))).error, { fault: 'damaged', soundBytes: content.length });
  const other = { ...record, pieces: [1, 2, 3, 4], sha256: '00' };
  t.match((await readAll(readProven(paths, other))).error, { fault: 'damaged', soundBytes: 0 });
});

t.test('readProven() does not take a segment for damaged because the sum of a piece is', async (t) => {
  const { paths, content, record } = await noisySegment(t);
  const pieces = record.pieces?.with(2, 7);
  const { bytes, error } = await readAll(readProven(paths, { ...record, pieces }, 5));
  t.equal(error, undefined);
  t.ok(bytes.equals(content.subarray(5)));
});

t.test('readProven() proves all of a segment first that was sealed without sums of its pieces', async (t) => {
  const { paths, path, content, record: sealed } = await noisySegment(t);
  const { pieces: _, ...record } = sealed;
  t.ok((await readAll(readProven(paths, record, 77))).bytes.equals(content.subarray(77)));
  await flipByte(path, (await stat(path)).size - 1);
  const { bytes, error } = await readAll(readProven(paths, record));
  t.equal(bytes.length, 0);
  t.match(error, { fault: 'damaged', soundBytes: 0 });
});
