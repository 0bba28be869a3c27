import { type Canvas, type Colour, createCanvas, type Point } from '../../graph/canvas.ts';
import { encodePng } from '../../graph/encode-png.ts';

/** A value at a moment. */
export interface ChartPoint {
  /** ms since 1970. */
  readonly atMs: number;
  readonly value: number;
}

/** What a chart shows. */
export interface Chart {
  /** Oldest first. */
  readonly points: readonly ChartPoint[];
  readonly fromMs: number;
  readonly toMs: number;
  /** The value at the lower edge, and the one at the upper edge; above it. */
  readonly bottom: number;
  readonly top: number;
  /** The values before which there is a gap. */
  readonly gaps: ReadonlySet<ChartPoint>;
}

/** How large it is shown, CSS pixels. It has twice as many of its own, for the screens of phones. */
export const CHART_SIZE = { width: 560, height: 140 } as const;

const SCALE = 2;
const MARGIN = 6 * SCALE;

const BACKGROUND: Colour = [250, 251, 252];
const GRID: Colour = [222, 227, 233];
const LINE: Colour = [37, 99, 195];
const FILL: Colour = [96, 150, 230];

/** Ten minutes; the grid has a line at each. */
const GRID_MS = 600_000;

/** Draws a chart on a light ground and writes it as PNG. Its axes are for the text beside it to name. */
export function drawChart(chart: Chart): Buffer {
  const [width, height] = [CHART_SIZE.width * SCALE, CHART_SIZE.height * SCALE];
  const canvas = createCanvas(width, height, BACKGROUND);
  const x = (atMs: number) =>
    MARGIN + ((atMs - chart.fromMs) / (chart.toMs - chart.fromMs)) * (width - 2 * MARGIN);
  const y = (value: number) => {
    const share = (value - chart.bottom) / (chart.top - chart.bottom);
    return height - MARGIN - Math.min(1, Math.max(0, share)) * (height - 2 * MARGIN);
  };

  drawGrid(canvas, chart, x);
  for (const line of linesOf(chart, x, y)) {
    canvas.fillBelow(line, height - MARGIN, FILL, 0.22);
    canvas.stroke(line, 1.5 * SCALE, LINE);
  }
  return encodePng(canvas.pixels);
}

/** Quarters across, and the round times of day. */
function drawGrid({ pixels, fill }: Canvas, { fromMs, toMs }: Chart, x: (atMs: number) => number): void {
  const { width, height } = pixels;
  for (let quarter = 0; quarter <= 4; quarter += 1) {
    const top = Math.round(MARGIN + (quarter / 4) * (height - 2 * MARGIN));
    fill(MARGIN, top - 1, width - MARGIN, top + 1, GRID, quarter % 4 === 0 ? 1 : 0.6);
  }
  for (let atMs = Math.ceil(fromMs / GRID_MS) * GRID_MS; atMs <= toMs; atMs += GRID_MS) {
    const left = Math.round(x(atMs));
    fill(left - 1, MARGIN, left + 1, height - MARGIN, GRID, 0.6);
  }
}

/** The points as lines, one for each stretch without a gap. */
function linesOf(
  { points, fromMs, toMs, gaps }: Chart,
  x: (atMs: number) => number,
  y: (value: number) => number,
): readonly (readonly Point[])[] {
  const lines: Point[][] = [];
  for (const point of points) {
    if (point.atMs < fromMs || point.atMs > toMs) continue;
    if (lines.length === 0 || gaps.has(point)) lines.push([]);
    lines.at(-1)?.push({ x: x(point.atMs), y: y(point.value) });
  }
  return lines;
}
