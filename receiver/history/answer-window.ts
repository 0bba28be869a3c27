import { isSample } from '../../shared/log/is-sample.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { addValue, type Bucket, emptyBucket } from './bucket.ts';
import { CounterMemory } from './counter-memory.ts';
import type { SeriesAnswer, SeriesColumns, TimeRange, TopProcess, TopProcesses } from './history.ts';
import { Layout } from './layout.ts';
import { groupOf, numberOf, parseLine, RATES_LEAD_MS, readValues } from './read-values.ts';
import { isTopLine, readWindow } from './read-window.ts';

/** How far from the time asked for a line of processes may be, ms. */
const TOP_MS = 120_000;

/** Processes of one list that are passed on. */
const MAX_PROCESSES = 20;

/** Answers a question about series from the samples themselves: one point is at least one sample. */
export async function answerWindow(
  paths: readonly LogPaths[],
  names: readonly string[],
  range: TimeRange,
  stepMs: number,
): Promise<SeriesAnswer> {
  const first = Math.floor(range.fromMs / stepMs);
  const count = Math.max(1, Math.ceil(range.toMs / stepMs) - first);
  const layout = new Layout(names);
  const points = Array.from({ length: count }, () => emptyBucket(layout.size));
  for (const path of paths)
    await gather(path, range, layout, (atMs) => points[Math.floor(atMs / stepMs) - first]);
  const series: Record<string, SeriesColumns> = {};
  names.forEach((name, column) => {
    if (points.some(({ count }) => (count[column] ?? 0) > 0)) series[name] = columnsOf(points, column);
  });
  return { stepMs, timesMs: points.map((_, point) => (first + point) * stepMs), series };
}

/** The busiest processes near a time; undefined when the log says nothing of them. */
export async function answerTop(paths: readonly LogPaths[], atMs: number): Promise<TopProcesses | undefined> {
  let nearest: { readonly atMs: number; readonly text: string } | undefined;
  for (const path of paths) {
    for await (const line of readWindow(path, { fromMs: atMs - TOP_MS, toMs: atMs + TOP_MS })) {
      const isNearer = nearest === undefined || Math.abs(line.atMs - atMs) < Math.abs(nearest.atMs - atMs);
      if (isNearer && isTopLine(line.text)) nearest = line;
    }
  }
  return nearest && parseTop(nearest.atMs, nearest.text);
}

async function gather(
  paths: LogPaths,
  range: TimeRange,
  layout: Layout,
  pointAt: (atMs: number) => Bucket | undefined,
): Promise<void> {
  const memory = new CounterMemory();
  const from = { fromMs: range.fromMs - RATES_LEAD_MS, toMs: range.toMs };
  for await (const { text, atMs } of readWindow(paths, from)) {
    const sample = isSample(text) ? parseLine(text) : undefined;
    if (sample === undefined) continue;
    const pair = memory.take(sample);
    const point = atMs < range.fromMs ? undefined : pointAt(atMs);
    readValues(pair, (name, value) => {
      const column = point && layout.find(name);
      if (point !== undefined && column !== undefined) addValue(point, column, value);
    });
  }
}

function columnsOf(points: readonly Bucket[], column: number): SeriesColumns {
  const pick = (of: 'mean' | 'min' | 'max') =>
    points.map((point) => ((point.count[column] ?? 0) > 0 ? (point[of][column] ?? 0) : null));
  return { mean: fillHoles(pick('mean')), min: fillHoles(pick('min')), max: fillHoles(pick('max')) };
}

/** Samples do not come to the millisecond: a point between two others that got none has the value of the one before. */
function fillHoles(values: (number | null)[]): (number | null)[] {
  return values.map((value, point) =>
    value === null && (values[point + 1] ?? null) !== null ? (values[point - 1] ?? null) : value,
  );
}

function parseTop(atMs: number, text: string): TopProcesses | undefined {
  const top = groupOf(parseLine(text)?.['top']);
  return top && { atMs, cpu: processesOf(top['cpu']), mem: processesOf(top['mem']) };
}

function processesOf(value: unknown): TopProcess[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MAX_PROCESSES).flatMap((entry: unknown) => {
    const process = groupOf(entry);
    if (process === undefined) return [];
    return {
      pid: numberOf(process['pid']) ?? 0,
      name: String(process['name']).slice(0, 200),
      cpu: numberOf(process['cpu']) ?? 0,
      rss: numberOf(process['rss']) ?? 0,
    };
  });
}
