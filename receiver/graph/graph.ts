/**
 * Graphs without a browser: as SVG, as PNG, or in a terminal. All three draw the same scene.
 *
 * 1. Values that are not known leave a gap; nothing is drawn between two points that do not stand side by side.
 * 2. Names come from outside: they are text in whatever is drawn, never markup.
 */

import type { Unit } from '../history/series.ts';

/** One line of a graph. */
export interface GraphLine {
  readonly name: string;
  /** One for each time; null where nothing is known. */
  readonly values: readonly (number | null)[];
}

/** What a graph shows. */
export interface GraphData {
  readonly title: string;
  readonly unit: Unit;
  /** Where each point begins, ms since 1970, ascending, `stepMs` apart. */
  readonly timesMs: readonly number[];
  readonly stepMs: number;
  readonly lines: readonly GraphLine[];
}

/** Lines that one graph can show and still be read. */
export const MAX_LINES = 16;
