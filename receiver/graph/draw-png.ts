import { type Canvas, type Colour, createCanvas } from './canvas.ts';
import { encodePng } from './encode-png.ts';
import type { GraphData } from './graph.ts';
import { GLYPH, hasInk } from './pixel-font.ts';
import { GRAPH_SIZE, makeScene, type Text } from './scene.ts';

/** Pixels of the picture for one of the scene, so that it is sharp on any screen. */
const SCALE = 2;

const BACKGROUND: Colour = [255, 255, 255];
const GRID: Colour = [226, 232, 240];

/** Draws a graph as PNG. */
export function drawPng(data: GraphData): Buffer {
  const { grid, lines, texts, marks } = makeScene(data);
  const canvas = createCanvas(GRAPH_SIZE.width * SCALE, GRAPH_SIZE.height * SCALE, BACKGROUND);
  for (const [from, to] of grid) {
    canvas.fill(
      Math.round(from.x * SCALE),
      Math.round(from.y * SCALE),
      Math.round(to.x * SCALE) + 1,
      Math.round(to.y * SCALE) + 1,
      GRID,
    );
  }
  for (const { colour, pieces } of lines) {
    for (const piece of pieces) {
      const points = piece.map(({ x, y }) => ({ x: x * SCALE, y: y * SCALE }));
      canvas.stroke(points, 1.75 * SCALE, colour);
    }
  }
  for (const { x, y, colour } of marks) {
    canvas.fill(x * SCALE, y * SCALE, (x + 10) * SCALE, (y + 10) * SCALE, colour);
  }
  for (const text of texts) write(canvas, text);
  return encodePng(canvas.pixels);
}

function write(canvas: Canvas, { x, y, text, anchor, colour, isTitle = false }: Text): void {
  const dot = isTitle ? 3 : 2;
  const letters = [...text];
  const width = letters.length * GLYPH.width * dot;
  const before = { left: 0, middle: width / 2, right: width - dot }[anchor];
  const left = Math.round(x * SCALE - before);
  const top = Math.round(y * SCALE - (GLYPH.height * dot) / 2);
  letters.forEach((letter, index) => {
    for (let row = 0; row < GLYPH.height; row++) {
      for (let column = 0; column < GLYPH.width - 1; column++) {
        if (!hasInk(letter, column, row)) continue;
        const at = { x: left + (index * GLYPH.width + column) * dot, y: top + row * dot };
        canvas.fill(at.x, at.y, at.x + dot, at.y + dot, colour);
      }
    }
  });
}
