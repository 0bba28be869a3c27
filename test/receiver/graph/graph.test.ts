import t from 'tap';
import { drawBraille } from '../../../receiver/graph/draw-braille.ts';
import { drawPng } from '../../../receiver/graph/draw-png.ts';
import { drawSvg } from '../../../receiver/graph/draw-svg.ts';
import type { GraphData } from '../../../receiver/graph/graph.ts';
import { makeScene } from '../../../receiver/graph/scene.ts';
import { formatValue, timeTicks, valueAxis } from '../../../receiver/graph/ticks.ts';
import { decodePng } from '../../helpers/png.ts';

const FROM_MS = Date.UTC(2026, 10, 20, 22);

function graph(values: readonly (number | null)[], more: Partial<GraphData> = {}): GraphData {
  return {
    title: 'CPU',
    unit: 'ratio',
    stepMs: 60_000,
    timesMs: values.map((_, index) => FROM_MS + index * 60_000),
    lines: [{ name: 'kitchen', values }],
    ...more,
  };
}

t.test('the axis ends at round numbers, and holds all values', async (t) => {
  const ends = (values: readonly number[], unit: Parameters<typeof valueAxis>[1]) => {
    const { bottom, top, ticks } = valueAxis(values, unit);
    return [bottom, top, ticks.map(({ label }) => label).join(' | ')];
  };
  t.strictSame(ends([0.1, 0.93], 'ratio'), [0, 1, '0 % | 25 % | 50 % | 75 % | 100 %']);
  t.strictSame(ends([0.1, 1.001], 'ratio'), [0, 1, '0 % | 25 % | 50 % | 75 % | 100 %']);
  t.strictSame(ends([0.01, 0.034], 'ratio'), [0, 0.04, '0 % | 1 % | 2 % | 3 % | 4 %']);
  t.strictSame(ends([700 * 2 ** 20], 'bytes'), [0, 768 * 2 ** 20, '0 B | 256 MiB | 512 MiB | 768 MiB']);
  t.strictSame(ends([-12, 30], 'celsius'), [-20, 40, '-20 °C | 0 °C | 20 °C | 40 °C']);
  t.strictSame(ends([], 'count'), [0, 0.5, '0 | 0.5'], 'also when nothing is known');
  t.equal(formatValue(1536, 'bytes/s'), '1.5 KiB/s');
});

t.test('times stand at round moments', async (t) => {
  const labels = (hours: number) =>
    timeTicks(FROM_MS, FROM_MS + hours * 3_600_000, 8).map(({ label }) => label);
  t.strictSame(labels(1).slice(0, 3), ['22:00', '22:10', '22:20']);
  t.strictSame(labels(24 * 8)[0], '11-21');
});

t.test('a gap stays a gap, and a point that stands alone is seen', async (t) => {
  const { lines } = makeScene(graph([0.1, 0.2, null, 0.4, null, 0.5, 0.6]));
  t.strictSame(
    lines[0]?.pieces.map((piece) => piece.length),
    [2, 1, 2],
  );
  t.match(drawSvg(graph([null, 0.4, null])), /M(\d+\.?\d*) (\d+\.?\d*)L\1 \2"/);
});

t.test('names are text in a picture', async (t) => {
  const svg = drawSvg(graph([0.1], { title: '<script>alert(1)</script> & "x"\u0000' }));
  t.notMatch(svg, /<script/);
  t.match(svg, /&lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; &quot;x&quot;/);
});

t.test('a PNG shows the line where it belongs, in its colour, beside a legend', async (t) => {
  const flat = decodePng(drawPng(graph([1, 1, 1, 1])));
  t.match(flat, { width: 1920, height: 840 });
  t.same(flat.at(600, 88), [68, 119, 170], 'at the top for 100 %');
  t.same(flat.at(600, 400), [255, 255, 255]);
  t.same(flat.at(178, 768), [68, 119, 170], 'the mark of the legend');
});

t.test('in a terminal a line rises from the lower left to the upper right', async (t) => {
  const text = drawBraille(graph(Array.from({ length: 100 }, (_, index) => index / 99)), 60);
  const rows = text.split('\n');
  t.match(rows[0], 'kitchen: CPU, 100 %');
  t.match(rows[1], /^ +100 % ┤ +[⠁-⣿]+$/);
  t.match(rows[10], /^ +0 % ┤[⠁-⣿]+$/);
  t.match(rows[11], /22:00 .*22:30/);
  t.ok(rows.every((row) => row.length <= 60));
});
