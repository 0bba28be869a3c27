import type uPlot from 'uplot';
import { formatTickValues, type Unit } from '../text/format-value.ts';
import type { DrawnColumn } from './graph-columns.ts';
import type { GraphSpec } from './graph-specs.ts';
import type { Colors } from './read-colors.ts';
import { withAlpha } from './read-colors.ts';
import { formatTicks } from './time-ticks.ts';

const FONT = '11px system-ui, sans-serif';
const AXIS_WIDTH = 62;
const SPREAD_ALPHA = 0.16;

/** What a chart needs beside its data. */
export interface ChartSetup {
  readonly spec: GraphSpec;
  readonly columns: readonly DrawnColumn[];
  readonly colors: Colors;
  /** Charts with the same key share the cursor. */
  readonly syncKey: string;
  readonly hooks: uPlot.Hooks.Arrays;
}

/** The options of a chart: no legend of its own, a shared cursor, and a drag along the time that only selects. */
export function chartOptions(setup: ChartSetup, width: number, height: number): uPlot.Options {
  const { spec, columns, colors, syncKey, hooks } = setup;
  const { series, bands } = drawing(spec, columns, colors);
  return {
    width,
    height,
    ms: 1,
    legend: { show: false },
    padding: [6, 18, 0, 0],
    cursor: {
      sync: { key: syncKey, setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { show: false },
      y: false,
    },
    scales: { x: { time: true, auto: false }, y: { range: (_, min, max) => rangeOf(spec, min, max) } },
    axes: [timeAxis(colors), valueAxis(colors, spec.unit)],
    series: [{}, ...series],
    bands,
    hooks,
  };
}

/** The columns in the order of {@link drawing}'s series. */
export function chartData(timesMs: readonly number[], columns: readonly DrawnColumn[]): uPlot.AlignedData {
  const data = columns.flatMap(({ values, spread }) =>
    spread ? [values, spread.max, spread.min] : [values],
  );
  return [timesMs, ...data] as unknown as uPlot.AlignedData;
}

function drawing(spec: GraphSpec, columns: readonly DrawnColumn[], colors: Colors) {
  const series: uPlot.Series[] = [];
  const bands: uPlot.Band[] = [];
  for (const [index, { line, spread }] of columns.entries()) {
    const solid = colors.series[line.color] ?? colors.text;
    const color = line.isFaint ? withAlpha(solid, faintness(columns.length)) : solid;
    series.push({
      stroke: color,
      width: line.isLimit || spec.kind === 'stacked' ? 1 : 1.4,
      points: { show: false },
      ...(line.isLimit && { dash: [4, 4] }),
      ...fillOf(spec, line.isLimit ?? false, color),
    });
    const below = columns[index + 1];
    // What is stacked is painted down to the line below it only: paint over paint would mix the colours.
    if (spec.kind === 'stacked' && !line.isLimit && below !== undefined && !below.line.isLimit) {
      bands.push({ series: [series.length, series.length + 1] });
    }
    if (spread === undefined) continue;
    const edge = { stroke: 'transparent', width: 0, points: { show: false } };
    series.push(edge, edge);
    bands.push({ series: [series.length - 1, series.length], fill: withAlpha(color, SPREAD_ALPHA) });
  }
  return { series, bands };
}

/** So many faint lines together are about as dark as one. */
function faintness(lines: number): number {
  return Math.min(0.5, Math.max(0.05, 15 / lines));
}

function fillOf(spec: GraphSpec, isLimit: boolean, color: string): { fill?: string } {
  if (isLimit || spec.kind === 'lines') return {};
  return { fill: withAlpha(color, spec.kind === 'stacked' ? 0.55 : 0.2) };
}

function rangeOf(spec: GraphSpec, min: number | null, max: number | null): [number, number] {
  const floor = spec.atLeast ?? 0;
  const top = Math.max(max ?? 0, floor);
  const most = (top > floor || spec.unit !== 'ratio' ? top * 1.06 : top) || 1;
  if (spec.kind !== 'mirrored') return [Math.min(0, min ?? 0), most];
  return [Math.min((min ?? 0) * 1.06, -floor), most];
}

function timeAxis(colors: Colors): uPlot.Axis {
  return {
    stroke: colors.text,
    font: FONT,
    size: 26,
    gap: 4,
    space: 74,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { show: false },
    values: (_, ticks) => formatTicks(ticks),
  };
}

function valueAxis(colors: Colors, unit: Unit): uPlot.Axis {
  return {
    stroke: colors.text,
    font: FONT,
    size: AXIS_WIDTH,
    gap: 6,
    space: 34,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { show: false },
    ...(unit === 'bytes' && { incrs: BINARY_STEPS }),
    // What is mirrored is not less than nothing.
    values: (_, ticks) => formatTickValues(ticks.map(Math.abs), unit),
  };
}

/** 1, 2, 5 … 500 of each binary unit, so that the axis has whole numbers of GiB. */
const BINARY_STEPS = [0, 1, 2, 3, 4].flatMap((power) =>
  [1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map((step) => step * 1024 ** power),
);
