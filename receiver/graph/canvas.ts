import type { Pixels } from './encode-png.ts';

/** Red, green, blue; 0 to 255 each. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A place on a canvas, pixels from the left and from the top; fractions allowed. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Steps between nothing and all. With eight an edge looks smooth, and the PNG is half as large as with 256. */
const LEVELS = 8;

/** Something to draw on. What lies outside is cut off. */
export interface Canvas {
  readonly pixels: Pixels;
  /** Mixes a colour into a rectangle whose edges lie on pixels. */
  fill(left: number, top: number, right: number, bottom: number, colour: Colour, opacity?: number): void;
  /** Mixes a colour into all below a line, down to `bottom`. */
  fillBelow(line: readonly Point[], bottom: number, colour: Colour, opacity: number): void;
  /** Draws a line with round ends and joints, smooth at its edges. */
  stroke(line: readonly Point[], width: number, colour: Colour): void;
}

/** Makes a canvas of one colour. */
export function createCanvas(width: number, height: number, background: Colour): Canvas {
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < rgb.length; at += 1) rgb[at] = background[at % 3] ?? 0;

  function mix(x: number, y: number, colour: Colour, opacity: number): void {
    if (opacity <= 0 || x < 0 || y < 0 || x >= width || y >= height) return;
    const at = (y * width + x) * 3;
    const share = Math.min(1, opacity);
    for (let channel = 0; channel < 3; channel += 1) {
      const before = rgb[at + channel] ?? 0;
      rgb[at + channel] = Math.round(before + ((colour[channel] ?? 0) - before) * share);
    }
  }

  function fillColumn(x: number, y: number, bottom: number, colour: Colour, opacity: number): void {
    const first = Math.floor(y);
    // The pixel that the edge runs through is covered in part.
    mix(x, first, colour, (opacity * Math.round((first + 1 - y) * LEVELS)) / LEVELS);
    for (let row = first + 1; row < bottom; row += 1) mix(x, row, colour, opacity);
  }

  return {
    pixels: { width, height, rgb },
    fill(left, top, right, bottom, colour, opacity = 1) {
      for (let y = top; y < bottom; y += 1) {
        for (let x = left; x < right; x += 1) mix(x, y, colour, opacity);
      }
    },
    fillBelow(line, bottom, colour, opacity) {
      for (const [from, to] of pairs(line)) {
        for (let x = Math.ceil(from.x); x < Math.ceil(to.x); x += 1) {
          const share = (x - from.x) / (to.x - from.x);
          fillColumn(x, from.y + (to.y - from.y) * share, bottom, colour, opacity);
        }
      }
    },
    stroke(line, lineWidth, colour) {
      const levels = coverageOf(line, lineWidth / 2, width, height);
      for (let at = 0; at < levels.length; at += 1) {
        const level = levels[at] ?? 0;
        if (level > 0) mix(at % width, Math.floor(at / width), colour, level / LEVELS);
      }
    },
  };
}

/**
 * How much of each pixel is covered by a line, in {@link LEVELS}. By the distance of its middle: exact enough at an edge, and
 * without the seams that drawing piece by piece would leave where pieces overlap.
 */
function coverageOf(line: readonly Point[], radius: number, width: number, height: number): Uint8Array {
  const levels = new Uint8Array(width * height);
  const reach = radius + 1;
  const pieces = line.length === 1 ? line.map((point) => [point, point] as const) : pairs(line);
  for (const [from, to] of pieces) {
    const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - reach));
    const right = Math.min(width - 1, Math.ceil(Math.max(from.x, to.x) + reach));
    const top = Math.max(0, Math.floor(Math.min(from.y, to.y) - reach));
    const bottom = Math.min(height - 1, Math.ceil(Math.max(from.y, to.y) + reach));
    for (let y = top; y <= bottom; y += 1) {
      for (let x = left; x <= right; x += 1) {
        const opacity = Math.min(1, radius + 0.5 - distance(x + 0.5, y + 0.5, from, to));
        const at = y * width + x;
        const level = Math.round(opacity * LEVELS);
        if (level > (levels[at] ?? 0)) levels[at] = level;
      }
    }
  }
  return levels;
}

/** From a place to the nearest point of a piece of line. */
function distance(x: number, y: number, from: Point, to: Point): number {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - from.x) * dx + (y - from.y) * dy) / length;
  const share = Math.min(1, Math.max(0, along));
  const offX = x - (from.x + share * dx);
  const offY = y - (from.y + share * dy);
  return Math.sqrt(offX * offX + offY * offY);
}

function pairs(line: readonly Point[]): readonly (readonly [Point, Point])[] {
  return line.slice(1).map((to, index) => [line[index] ?? to, to]);
}
