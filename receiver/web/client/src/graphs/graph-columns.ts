import type { Column, SeriesAnswer } from '../data/contract.ts';
import type { GraphLine, GraphSpec } from './graph-specs.ts';

/** A column that is drawn, and the line that it belongs to. */
export interface DrawnColumn {
  readonly line: GraphLine;
  readonly values: Column;
  /** Least and greatest within each point, when they are drawn too. */
  readonly spread?: { readonly min: Column; readonly max: Column };
}

/** Below this a point stands for so little time that its least and greatest say nothing. */
const SPREAD_FROM_MS = 10_000;
const SPREAD_MOST_LINES = 3;

/**
 * Turns an answer into what is drawn: sums for stacked graphs, the uppermost first so that the lower ones are painted over it; negative
 * values for what is mirrored. Null stays null, so that gaps stay gaps.
 */
export function drawnColumns(spec: GraphSpec, answer: SeriesAnswer): readonly DrawnColumn[] {
  const empty: Column = answer.timesMs.map(() => null);
  const read = (line: GraphLine) => answer.series[line.series]?.mean ?? empty;
  if (spec.kind === 'stacked') return stackedColumns(spec, read);
  const hasSpread =
    answer.stepMs > SPREAD_FROM_MS &&
    spec.lines.filter(({ isLimit }) => !isLimit).length <= SPREAD_MOST_LINES;
  return spec.lines.map((line) => {
    const columns = answer.series[line.series];
    const values = line.isMirrored ? negate(read(line)) : read(line);
    if (!hasSpread || line.isLimit || line.isMirrored || columns === undefined) return { line, values };
    return { line, values, spread: { min: columns.min, max: columns.max } };
  });
}

function stackedColumns(spec: GraphSpec, read: (line: GraphLine) => Column): readonly DrawnColumn[] {
  let sum: Column | undefined;
  const stacked: DrawnColumn[] = [];
  for (const line of spec.lines.filter(({ isLimit }) => !isLimit)) {
    sum = sum === undefined ? read(line) : add(sum, read(line));
    stacked.unshift({ line, values: sum });
  }
  const limits = spec.lines.filter(({ isLimit }) => isLimit).map((line) => ({ line, values: read(line) }));
  return [...stacked, ...limits];
}

/** A mode that is not known adds nothing; where the first is not known, nothing is. */
function add(a: Column, b: Column): Column {
  return a.map((value, index) => (value === null ? null : value + (b[index] ?? 0)));
}

function negate(column: Column): Column {
  return column.map((value) => (value === null ? null : -value));
}

/** Index of the point that stands for a time; undefined when none does. */
export function pointAt({ timesMs, stepMs }: SeriesAnswer, atMs: number): number | undefined {
  const first = timesMs[0];
  if (first === undefined) return undefined;
  const index = Math.floor((atMs - first) / stepMs);
  return index >= 0 && index < timesMs.length ? index : undefined;
}

/** Index of the last point of which anything is known. */
export function lastKnownPoint(answer: SeriesAnswer, names: readonly string[]): number | undefined {
  for (let index = answer.timesMs.length - 1; index >= 0; index--) {
    if (names.some((name) => typeof answer.series[name]?.mean[index] === 'number')) return index;
  }
  return undefined;
}
