import type { Colour, Point } from './canvas.ts';
import type { GraphData } from './graph.ts';
import { GRAPH_SIZE, makeScene, type Text } from './scene.ts';

/** Draws a graph as SVG: nothing fetched, nothing that runs. */
export function drawSvg(data: GraphData): string {
  const { grid, lines, texts, marks } = makeScene(data);
  const { width, height } = GRAPH_SIZE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(data.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...grid.map(([from, to]) => `<path d="${pathOf([from, to])}" stroke="#e2e8f0" fill="none"/>`),
    ...lines.map(({ colour, pieces }) => {
      const path = pieces.map((piece) => pathOf(piece)).join('');
      return `<path d="${path}" stroke="${hex(colour)}" stroke-width="1.75" stroke-linejoin="round" stroke-linecap="round" fill="none"/>`;
    }),
    ...marks.map(
      ({ x, y, colour }) => `<rect x="${x}" y="${y}" width="10" height="10" rx="2" fill="${hex(colour)}"/>`,
    ),
    ...texts.map(textOf),
    '</svg>\n',
  ].join('\n');
}

const ANCHORS = { left: 'start', middle: 'middle', right: 'end' } as const;

function textOf({ x, y, text, anchor, colour, isTitle = false }: Text): string {
  const font = isTitle ? 'font-size="17" font-weight="600"' : 'font-size="12"';
  return (
    `<text x="${round(x)}" y="${round(y)}" text-anchor="${ANCHORS[anchor]}" dominant-baseline="central" ${font} ` +
    `font-family="system-ui,sans-serif" fill="${hex(colour)}">${escapeXml(text)}</text>`
  );
}

/** A piece of one point is a dot: a line of no length with round ends. */
function pathOf(points: readonly Point[]): string {
  const [first] = points;
  if (first === undefined) return '';
  const rest = points.length === 1 ? [first] : points.slice(1);
  return `M${round(first.x)} ${round(first.y)}${rest.map(({ x, y }) => `L${round(x)} ${round(y)}`).join('')}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function hex(colour: Colour): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function escapeXml(text: string): string {
  return text
    .replace(/[^\P{C}\n]/gu, '�')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
