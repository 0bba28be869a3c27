import { ok } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { FrameParts } from '../../../shared/protocol/frame-parts.ts';
import { holds } from '../../helpers/holds.ts';

/** What Node may reserve at once for small buffers, bytes. */
const SLAB_BYTES = 64 * 1024;

t.test('what is kept is what came, and takes at most twice its memory', async (t) => {
  await holds(
    t,
    fc.property(
      fc.array(fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 70_000 })), {
        maxLength: 40,
      }),
      (sizes) => {
        const kept = new FrameParts(true);
        const pieces = sizes.map((size, index) => Buffer.alloc(size, index));
        for (const piece of pieces) kept.keep(piece);
        const { bytes } = kept;
        const parts = kept.take();
        const memory = new Set(parts.map(({ buffer }) => buffer));
        let memoryBytes = 0;
        for (const { byteLength } of memory) memoryBytes += byteLength;
        ok(bytes === parts.reduce((sum, part) => sum + part.length, 0));
        ok(Buffer.concat(parts).equals(Buffer.concat(pieces)));
        ok(memoryBytes <= 2 * bytes + 2 * SLAB_BYTES, `${memoryBytes} for ${bytes}`);
      },
    ),
    { numRuns: 300 },
  );
});

t.test('what has been taken is not kept any longer', async (t) => {
  const kept = new FrameParts(true);
  kept.keep(Buffer.from('one'));
  const first = kept.take();
  kept.keep(Buffer.from('two'));
  t.equal(kept.bytes, 3);
  t.same([`${Buffer.concat(first)}`, `${Buffer.concat(kept.take())}`], ['one', 'two']);
});
