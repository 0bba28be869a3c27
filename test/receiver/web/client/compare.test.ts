import t from 'tap';
import {
  colorAt,
  heatPixels,
  type Rgb,
} from '../../../../receiver/web/client/src/pages/compare/heat-pixels.ts';
import { rankNodes } from '../../../../receiver/web/client/src/pages/compare/rank-nodes.ts';

const BLACK_TO_WHITE: readonly Rgb[] = [
  [0, 0, 0],
  [100, 100, 100],
  [255, 255, 255],
];

t.test('nodes are ranked by their mean; those of which nothing is known are left out', async (t) => {
  const ranked = rankNodes({ nodes: { quiet: [1, null, 3, null], busy: [5, 9, 7, 7], gone: [null, null] } });
  t.match(ranked, [
    { name: 'busy', min: 5, mean: 7, max: 9, last: 7 },
    { name: 'quiet', min: 1, mean: 2, max: 3, last: 3 },
  ]);
  t.equal(ranked.length, 2);
});

t.test('each value is a pixel; what is not known is transparent', async (t) => {
  const pixels = heatPixels(
    [
      [0, null],
      [5, 10],
    ],
    2,
    10,
    BLACK_TO_WHITE,
  );
  t.strictSame([...pixels], [0, 0, 0, 255, 0, 0, 0, 0, 100, 100, 100, 255, 255, 255, 255, 255]);
});

t.test('colours are mixed between the steps of the scale, and end at its ends', async (t) => {
  t.strictSame(colorAt(BLACK_TO_WHITE, 0.25), [50, 50, 50]);
  t.strictSame(colorAt(BLACK_TO_WHITE, 7), [255, 255, 255]);
  t.strictSame(colorAt(BLACK_TO_WHITE, -1), [0, 0, 0]);
});
