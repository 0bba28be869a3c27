import t from 'tap';
import { CHART_SIZE, drawChart } from '../../../../receiver/alerts/mail/draw-chart.ts';
import { findGaps } from '../../../../receiver/alerts/mail/find-gaps.ts';
import { createCanvas } from '../../../../receiver/graph/canvas.ts';
import { encodePng } from '../../../../receiver/graph/encode-png.ts';
import { decodePng } from '../../../helpers/png.ts';

const WHITE = [255, 255, 255] as const;
const BLACK = [0, 0, 0] as const;

t.test('encodePng() keeps every pixel', async (t) => {
  const [width, height] = [7, 5];
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 37) % 256);
  const decoded = decodePng(encodePng({ width, height, rgb }));
  t.match(decoded, { width, height });
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3;
      t.same(decoded.at(x, y), [...rgb.subarray(at, at + 3)]);
    }
  }
});

t.test('a line is dark in its middle, grey at its edges, and nothing beside it', async (t) => {
  const canvas = createCanvas(20, 20, WHITE);
  canvas.stroke(
    [
      { x: 2, y: 10.25 },
      { x: 18, y: 10.25 },
    ],
    3,
    BLACK,
  );
  const { at } = decodePng(encodePng(canvas.pixels));
  t.same(at(10, 10), [0, 0, 0]);
  const [edge = 0] = at(10, 8);
  t.ok(edge > 0 && edge < 255, 'half covered');
  t.same(at(10, 6), [255, 255, 255]);
  t.same(at(10, 14), [255, 255, 255]);
});

t.test('what lies outside of a canvas is cut off', async (t) => {
  const canvas = createCanvas(4, 4, WHITE);
  canvas.stroke(
    [
      { x: -100, y: -100 },
      { x: 100, y: 100 },
    ],
    2,
    BLACK,
  );
  canvas.fill(-5, -5, 50, 50, BLACK, 0.5);
  canvas.fillBelow(
    [
      { x: -9, y: -9 },
      { x: 99, y: 2 },
    ],
    99,
    BLACK,
    0.1,
  );
  t.equal(canvas.pixels.rgb.length, 48);
});

t.test('drawChart() draws values where they are, and a gap as a gap', async (t) => {
  const fromMs = Date.UTC(2026, 10, 20, 21);
  const points = Array.from({ length: 240 }, (_, index) => ({ atMs: fromMs + index * 15_000, value: 0.5 }));
  const gap = (atMs: number) => atMs > fromMs + 20 * 60_000 && atMs < fromMs + 40 * 60_000;
  const known = points.filter(({ atMs }) => !gap(atMs));
  const png = drawChart({
    ...{ points: known, gaps: findGaps(known) },
    ...{ fromMs, toMs: fromMs + 3_600_000, bottom: 0, top: 1 },
  });
  const { width, height, at } = decodePng(png);
  t.same({ width, height }, { width: CHART_SIZE.width * 2, height: CHART_SIZE.height * 2 });
  const isBlue = ([red = 0, , blue = 0]: readonly number[]) => blue - red > 100;
  t.ok(isBlue(at(width * 0.25, height / 2)));
  t.notOk(isBlue(at(width / 2, height / 2)), 'nothing where nothing is known');
  t.ok(isBlue(at(width * 0.75, height / 2)));
  t.notOk(isBlue(at(width * 0.25, height / 4)));
  const [above = 0] = at(width * 0.27, height * 0.4);
  const [below = 0] = at(width * 0.27, height * 0.6);
  t.ok(above - below > 20, 'the ground below the line is tinted');
  t.ok(png.length < 10_000, `small enough for a mail: ${png.length}`);
});

t.test('findGaps() finds what is longer than the steps around it, whatever these are', async (t) => {
  const gapsAfter = (...minutes: number[]) => {
    const points = minutes.map((minute) => ({ atMs: minute * 60_000, value: 0 }));
    const gaps = findGaps(points);
    return minutes.filter((_, index) => gaps.has(points[index] ?? { atMs: 0, value: 0 }));
  };
  t.strictSame(gapsAfter(0, 1, 2, 5, 6, 7), [5]);
  t.strictSame(gapsAfter(0, 5, 10, 15, 15.1, 15.2, 15.3), [], 'its interval was changed');
  t.strictSame(gapsAfter(0, 5, 10, 20, 25, 30), [20]);
});

t.test('drawChart() keeps what is above or below inside', async (t) => {
  const points = [-5, 99, 0.5].map((value, index) => ({ atMs: index * 1_000, value }));
  t.ok(drawChart({ points, fromMs: 0, toMs: 2_000, bottom: 0, top: 1, gaps: new Set() }).length > 100);
});
