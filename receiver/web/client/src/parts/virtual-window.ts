/** Which rows of a long list stand in sight. Rows may differ in height. */
export interface VirtualWindow {
  /** First row to draw. */
  readonly first: number;
  /** Row after the last to draw. */
  readonly end: number;
  /** Height of all rows above the first, px. */
  readonly before: number;
  /** Height of all rows from `end` on, px. */
  readonly after: number;
}

/** Where each row begins, px; the last entry is the height of all. */
export function rowOffsets(heights: readonly number[]): Float64Array {
  const offsets = new Float64Array(heights.length + 1);
  heights.forEach((height, index) => {
    offsets[index + 1] = (offsets[index] ?? 0) + height;
  });
  return offsets;
}

/**
 * Finds the rows between `top` and `top + height` px of the list, and `spare` px more on both sides, so that fast scrolling
 * does not meet emptiness.
 */
export function virtualWindow(
  offsets: Float64Array,
  top: number,
  height: number,
  spare: number,
): VirtualWindow {
  const count = offsets.length - 1;
  const first = Math.min(count, rowAt(offsets, top - spare));
  const end = Math.min(count, rowAt(offsets, top + height + spare) + 1);
  const total = offsets[count] ?? 0;
  return { first, end, before: offsets[first] ?? 0, after: total - (offsets[end] ?? total) };
}

/** The row that covers `y`; the first or the last one when none does. */
function rowAt(offsets: Float64Array, y: number): number {
  let low = 0;
  let high = Math.max(0, offsets.length - 2);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((offsets[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}
