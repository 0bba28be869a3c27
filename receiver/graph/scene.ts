import type { Colour, Point } from './canvas.ts';
import type { GraphData, GraphLine } from './graph.ts';
import { formatValue, timeTicks, valueAxis } from './ticks.ts';

/** Size of a picture, pixels. */
export const GRAPH_SIZE = { width: 960, height: 420 } as const;

/** Where the graph itself lies in the picture. */
export const PLOT = { left: 84, top: 44, right: 940, bottom: 340 } as const;

/** Words in a picture; `y` is the middle of their height. */
export interface Text {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor: 'left' | 'middle' | 'right';
  readonly colour: Colour;
  readonly isTitle?: boolean;
}

/** One line of the graph, cut where nothing is known. */
export interface SceneLine {
  readonly name: string;
  readonly colour: Colour;
  readonly pieces: readonly (readonly Point[])[];
}

/** What is to be drawn. */
export interface Scene {
  readonly grid: readonly (readonly [from: Point, to: Point])[];
  readonly lines: readonly SceneLine[];
  readonly texts: readonly Text[];
  /** Squares of the legend, each the upper left corner of 10 by 10 pixels. */
  readonly marks: readonly (Point & { readonly colour: Colour })[];
}

export const INK: Colour = [30, 41, 59];
const FAINT: Colour = [100, 116, 139];

/** Told apart also by those who see few colours (after Paul Tol's «bright» and «muted» schemes). */
const COLOURS: readonly Colour[] = [
  [68, 119, 170],
  [204, 102, 119],
  [34, 136, 51],
  [170, 51, 119],
  [204, 187, 68],
  [51, 34, 136],
  [102, 204, 238],
  [136, 34, 85],
];

/** Names of the legend are cut to this, characters. */
const LEGEND_CHARS = 24;
const LEGEND = { top: 384, perRow: 4, rowHeight: 18 } as const;

/** Decides where everything goes. */
export function makeScene(data: GraphData): Scene {
  const values = data.lines.flatMap(({ values }) => values.filter((value) => value !== null));
  const axis = valueAxis(values, data.unit);
  const fromMs = data.timesMs[0] ?? 0;
  const toMs = (data.timesMs.at(-1) ?? 0) + data.stepMs;
  const x = (atMs: number) => PLOT.left + ((atMs - fromMs) / (toMs - fromMs || 1)) * (PLOT.right - PLOT.left);
  const y = (value: number) =>
    PLOT.bottom - ((value - axis.bottom) / (axis.top - axis.bottom)) * (PLOT.bottom - PLOT.top);
  const times = timeTicks(fromMs, toMs, 8);
  return {
    grid: [
      ...axis.ticks.map(
        ({ at }) =>
          [
            { x: PLOT.left, y: y(at) },
            { x: PLOT.right, y: y(at) },
          ] as const,
      ),
      ...times.map(
        ({ at }) =>
          [
            { x: x(at), y: PLOT.top },
            { x: x(at), y: PLOT.bottom },
          ] as const,
      ),
    ],
    lines: data.lines.map((line, index) => ({
      name: line.name,
      colour: colourOf(index),
      pieces: piecesOf(line, data.timesMs, x, y),
    })),
    texts: [
      { x: PLOT.left, y: 22, text: data.title, anchor: 'left', colour: INK, isTitle: true },
      ...axis.ticks.map(({ at, label }) => ({
        ...{ x: PLOT.left - 8, y: y(at), text: label, anchor: 'right' as const, colour: FAINT },
      })),
      ...times.map(({ at, label }) => ({
        ...{ x: x(at), y: PLOT.bottom + 16, text: label, anchor: 'middle' as const, colour: FAINT },
      })),
      { x: PLOT.right, y: PLOT.bottom + 34, text: 'UTC', anchor: 'right', colour: FAINT },
      ...data.lines.map((line, index) => legendText(line, index, data)),
    ],
    marks: data.lines.map((_, index) => ({ ...legendPlace(index), colour: colourOf(index) })),
  };
}

function colourOf(index: number): Colour {
  return COLOURS[index % COLOURS.length] ?? INK;
}

function legendPlace(index: number): Point {
  const column = index % LEGEND.perRow;
  const width = (PLOT.right - PLOT.left) / LEGEND.perRow;
  return {
    x: Math.round(PLOT.left + column * width),
    y: LEGEND.top + Math.floor(index / LEGEND.perRow) * LEGEND.rowHeight - 5,
  };
}

function legendText({ name, values }: GraphLine, index: number, { unit }: GraphData): Text {
  const { x, y } = legendPlace(index);
  const last = values.findLast((value) => value !== null);
  const short = name.length > LEGEND_CHARS ? `${name.slice(0, LEGEND_CHARS - 1)}…` : name;
  const text = last === undefined || last === null ? short : `${short}  ${formatValue(last, unit)}`;
  return { x: x + 16, y: y + 5, text, anchor: 'left', colour: INK };
}

function piecesOf(
  { values }: GraphLine,
  timesMs: readonly number[],
  x: (atMs: number) => number,
  y: (value: number) => number,
): readonly (readonly Point[])[] {
  const pieces: Point[][] = [];
  let isOpen = false;
  values.forEach((value, index) => {
    if (value === null) {
      isOpen = false;
      return;
    }
    if (!isOpen) pieces.push([]);
    isOpen = true;
    pieces.at(-1)?.push({ x: x(timesMs[index] ?? 0), y: y(value) });
  });
  return pieces;
}
