import type { Column } from '../../data/contract.ts';

/** Red, green and blue, 0–255. */
export type Rgb = readonly [number, number, number];

/**
 * Paints one row of pixels for each column, from the colour of nothing to that of the greatest value; transparent where nothing is
 * known. The result is what an ImageData of `width` × `columns.length` wants.
 */
export function heatPixels(
  columns: readonly Column[],
  width: number,
  greatest: number,
  scale: readonly Rgb[],
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(width * columns.length * 4);
  columns.forEach((column, row) => {
    for (let x = 0; x < width; x++) {
      const value = column[x];
      if (typeof value !== 'number') continue;
      pixels.set([...colorAt(scale, greatest > 0 ? value / greatest : 0), 255], (row * width + x) * 4);
    }
  });
  return pixels;
}

/** The colour at a share, 0–1, of the way through the scale. */
export function colorAt(scale: readonly Rgb[], share: number): Rgb {
  const place = Math.min(1, Math.max(0, share)) * (scale.length - 1);
  const from = scale[Math.floor(place)] ?? [0, 0, 0];
  const to = scale[Math.ceil(place)] ?? from;
  const part = place - Math.floor(place);
  const mix = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * part);
  return [mix(0), mix(1), mix(2)];
}
