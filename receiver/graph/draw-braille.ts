import type { GraphData } from './graph.ts';
import { formatValue, timeTicks, valueAxis } from './ticks.ts';

/** A character of the Braille block has two columns of four dots; this is the bit of each (Unicode, U+2800). */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

const HEIGHT = 10;
const LABEL = 11;

/** Draws each line of a graph by itself, for a terminal so many characters wide. */
export function drawBraille(data: GraphData, width: number): string {
  const columns = Math.max(20, width - LABEL - 2);
  const parts = data.lines.map((line) => {
    const axis = valueAxis(
      line.values.filter((value) => value !== null),
      data.unit,
    );
    const dots = spread(line.values, columns * 2, axis.bottom, axis.top);
    const last = line.values.findLast((value) => value !== null);
    const now = last === undefined || last === null ? 'nothing known' : formatValue(last, data.unit);
    const rows = rowsOf(dots, columns).map((row, index) => {
      const labels = new Map([
        [0, formatValue(axis.top, data.unit)],
        [HEIGHT - 1, formatValue(axis.bottom, data.unit)],
      ]);
      return `${(labels.get(index) ?? '').padStart(LABEL)} ┤${row}`.trimEnd();
    });
    return [`${line.name}: ${data.title}, ${now}`, ...rows, timeRow(data, columns)].join('\n');
  });
  return `${parts.join('\n\n')}\n`;
}

/** For each column of dots how high it stands, in dots from the bottom; undefined where nothing is known. */
function spread(
  values: readonly (number | null)[],
  columns: number,
  bottom: number,
  top: number,
): readonly (number | undefined)[] {
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    const known = values.slice(from, to).filter((value) => value !== null);
    if (known.length === 0) return undefined;
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    return Math.round(((Math.min(mean, top) - bottom) / (top - bottom)) * (HEIGHT * 4 - 1));
  });
}

function rowsOf(dots: readonly (number | undefined)[], columns: number): readonly string[] {
  const cells = Array.from({ length: HEIGHT }, () => new Uint8Array(columns));
  dots.forEach((level, column) => {
    if (level === undefined) return;
    // Joined to the one before, so that a steep line is one.
    const before = dots[column - 1] ?? level;
    for (let at = Math.min(level, before + 1); at <= Math.max(level, before - 1); at++)
      setDot(cells, column, at);
    setDot(cells, column, level);
  });
  return cells.map((row) =>
    Array.from(row, (bits) => (bits === 0 ? ' ' : String.fromCodePoint(0x2800 + bits))).join(''),
  );
}

function setDot(cells: readonly Uint8Array[], column: number, level: number): void {
  const fromTop = HEIGHT * 4 - 1 - level;
  const row = cells[Math.floor(fromTop / 4)];
  const at = Math.floor(column / 2);
  if (row !== undefined) row[at] = (row[at] ?? 0) | (DOTS[column % 2 === 0 ? 0 : 1][fromTop % 4] ?? 0);
}

function timeRow({ timesMs, stepMs }: GraphData, columns: number): string {
  const fromMs = timesMs[0] ?? 0;
  const toMs = (timesMs.at(-1) ?? 0) + stepMs;
  const row = new Array<string>(columns).fill(' ');
  for (const { at, label } of timeTicks(fromMs, toMs, 5)) {
    const begin = Math.round(((at - fromMs) / (toMs - fromMs || 1)) * columns);
    if (begin + label.length <= columns) row.splice(begin, label.length, ...label);
  }
  return `${' '.repeat(LABEL + 2)}${row.join('')}`.trimEnd();
}
