import fc from 'fast-check';
import t from 'tap';
import { rowOffsets, virtualWindow } from '../../../../receiver/web/client/src/parts/virtual-window.ts';

t.test('a thousand rows are drawn as those in sight', async (t) => {
  const offsets = rowOffsets(new Array<number>(1000).fill(40));
  const { first, end, before, after } = virtualWindow(offsets, 4000, 800, 400);
  t.ok(end - first <= 42, 'no more rows than fit');
  t.equal(before, first * 40);
  t.equal(before + (end - first) * 40 + after, 40_000, 'and the page keeps its height');
});

t.test('an empty list has no rows and no height', async (t) => {
  t.strictSame(virtualWindow(rowOffsets([]), 0, 800, 400), { first: 0, end: 0, before: 0, after: 0 });
});

t.test(
  'whatever the heights and wherever the reader is, every row in sight is drawn and the height is kept',
  async (t) => {
    const heights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 200 });
    const check = fc.property(heights, fc.integer({ min: -2000, max: 22_000 }), (rows, top) => {
      const offsets = rowOffsets(rows);
      const { first, end, before, after } = virtualWindow(offsets, top, 500, 50);
      const total = offsets[rows.length] ?? 0;
      const drawn = rows.slice(first, end).reduce((sum, height) => sum + height, 0);
      const covers = rows.every((height, index) => {
        const begins = offsets[index] ?? 0;
        const isInSight = begins + height > top && begins < top + 500;
        return !isInSight || (index >= first && index < end);
      });
      return before + drawn + after === total && covers;
    });
    t.doesNotThrow(() => fc.assert(check));
  },
);
