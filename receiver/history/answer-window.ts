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

/**
 * How far around a range is read when the samples next to it are further apart than usual, ms: two of
 * the longest interval that can be set, and a little.
 */
const FAR_LEAD_MS = 2 * 3_600_000 + 60_000;

/** Processes of one list that are passed on. */
const MAX_PROCESSES = 20;

/**
 * Answers a question about series from the samples themselves. The step is the shortest time
 * between two samples of the range, and no shorter than asked for. Where a stretch of the range was
 * sampled less often, a value stands in all points of the time that passed since the sample before.
 *
 * @param stepMs the least length of a point, ms
 */
export async function answerWindow(
  paths: readonly LogPaths[],
  names: readonly string[],
  range: TimeRange,
  stepMs: number,
): Promise<SeriesAnswer> {
  const layout = new Layout(names);
  const near = await gatherAll(paths, range, layout, RATES_LEAD_MS);
  const samples =
    shortestOf(near, range) === undefined ? await gatherAll(paths, range, layout, FAR_LEAD_MS) : near;
  const step = Math.max(stepMs, Math.round(shortestOf(samples, range) ?? 0));
  const first = Math.floor(range.fromMs / step);
  const count = Math.max(1, Math.ceil(range.toMs / step) - first);
  const points = Array.from({ length: count }, () => emptyBucket(layout.size));
  for (const sample of samples) spread(sample, points, (atMs) => Math.floor(atMs / step) - first);
  const series: Record<string, SeriesColumns> = {};
  names.forEach((name, column) => {
    if (points.some(({ count }) => (count[column] ?? 0) > 0)) series[name] = columnsOf(points, column);
  });
  return { stepMs: step, timesMs: points.map((_, point) => (first + point) * step), series };
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

/**
 * A sample of a window: some columns of it, and the time since the sample before unless that was a
 * gap.
 */
interface WindowSample {
  readonly atMs: number;
  readonly coversMs: number;
  readonly values: readonly (readonly [column: number, value: number])[];
}

async function gatherAll(
  paths: readonly LogPaths[],
  range: TimeRange,
  layout: Layout,
  leadMs: number,
): Promise<WindowSample[]> {
  const found: WindowSample[] = [];
  for (const path of paths) found.push(...(await gather(path, range, layout, leadMs)));
  return found;
}

/**
 * The shortest time between two samples that tell about a range, ms; undefined where there are none.
 */
function shortestOf(samples: readonly WindowSample[], { fromMs }: TimeRange): number | undefined {
  const distances = samples.flatMap(({ atMs, coversMs }) => (atMs >= fromMs && coversMs > 0 ? coversMs : []));
  return distances.length === 0 ? undefined : Math.min(...distances);
}

async function gather(
  paths: LogPaths,
  range: TimeRange,
  layout: Layout,
  leadMs: number,
): Promise<WindowSample[]> {
  const memory = new CounterMemory();
  const found: WindowSample[] = [];
  // What was taken shortly after the range may tell about its end.
  const around = { fromMs: range.fromMs - leadMs, toMs: range.toMs + leadMs };
  for await (const { text, atMs } of readWindow(paths, around)) {
    const sample = isSample(text) ? parseLine(text) : undefined;
    if (sample === undefined) continue;
    const values: [number, number][] = [];
    // Far from the range the first distance may be a silence.
    const isUsualKnown = leadMs === RATES_LEAD_MS || memory.intervalMs > 0;
    const pair = memory.take(sample);
    readValues(pair, (name, value) => {
      const column = layout.find(name);
      if (column !== undefined) values.push([column, value]);
    });
    const coversMs = isUsualKnown ? (pair.past[0]?.seconds ?? 0) * 1000 : 0;
    if (atMs - coversMs < range.toMs) found.push({ atMs, coversMs, values });
  }
  return found;
}

/**
 * Puts a sample into its point, and into those since the sample before that have none of their own.
 */
function spread(
  { atMs, coversMs, values }: WindowSample,
  points: readonly Bucket[],
  pointOf: (atMs: number) => number,
): void {
  const own = pointOf(atMs);
  const first = Math.min(own, pointOf(atMs - coversMs) + 1);
  for (let point = Math.max(0, first); point <= own; point++) {
    const bucket = points[point];
    if (bucket === undefined) return;
    for (const [column, value] of values) addValue(bucket, column, value);
  }
}

function columnsOf(points: readonly Bucket[], column: number): SeriesColumns {
  const pick = (of: 'mean' | 'min' | 'max') =>
    points.map((point) => ((point.count[column] ?? 0) > 0 ? (point[of][column] ?? 0) : null));
  return { mean: pick('mean'), min: pick('min'), max: pick('max') };
}

function parseTop(atMs: number, text: string): TopProcesses | undefined {
  const top = groupOf(parseLine(text)?.['top']);
  // Where the sender cannot see the processes of others, nobody knows which are the busiest.
  if (top === undefined || top['hidden'] === true) return undefined;
  return { atMs, cpu: processesOf(top['cpu']), mem: processesOf(top['mem']) };
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
