import type { Column } from '../data/contract.ts';

/** Width and height of the drawing, in its own units. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/** The least and the greatest value that the drawing shows. */
export interface Scale {
  readonly min: number;
  readonly max: number;
}

/** Two SVG paths: the line, and the area below it. Both are interrupted where nothing is known; a lone value is a short dash. */
export interface SparklinePaths {
  readonly line: string;
  readonly area: string;
}

/** Draws a column as paths. Coordinates have one decimal: a thousand rows are drawn from these strings. */
export function sparklinePaths(column: Column, { min, max }: Scale, { width, height }: Box): SparklinePaths {
  const step = width / Math.max(1, column.length - 1);
  const span = max - min || 1;
  const y = (value: number) =>
    (height - 1 - (clamp(value, min, max) - min) * ((height - 2) / span)).toFixed(1);
  let line = '';
  let area = '';
  for (const [first, last] of knownRuns(column)) {
    const left = first === last ? Math.max(0, first - 0.5) * step : first * step;
    let run = `M${left.toFixed(1)} ${y(column[first] ?? 0)}`;
    for (let index = first + 1; index <= last; index++)
      run += `L${(index * step).toFixed(1)} ${y(column[index] ?? 0)}`;
    const right = (first === last ? Math.min(column.length - 1, first + 0.5) : last) * step;
    if (first === last) run += `H${right.toFixed(1)}`;
    line += run;
    area += `${run}V${height}H${left.toFixed(1)}Z`;
  }
  return { line, area };
}

/** First and last index of each stretch without null. */
function knownRuns(column: Column): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  let first = -1;
  for (let index = 0; index <= column.length; index++) {
    const isKnown = typeof column[index] === 'number';
    if (isKnown && first < 0) first = index;
    if (!isKnown && first >= 0) {
      runs.push([first, index - 1]);
      first = -1;
    }
  }
  return runs;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
