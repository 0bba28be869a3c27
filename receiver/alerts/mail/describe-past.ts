import { formatClock } from '../../../shared/time/format-time.ts';
import type { Block } from './document.ts';
import { CHART_SIZE, type ChartPoint, drawChart } from './draw-chart.ts';
import { findGaps } from './find-gaps.ts';
import { CPU, LOAD, MEMORY, type Metric } from './metric.ts';
import { type Group, momentMs, parseObject } from './read-value.ts';
import type { RecentLines } from './recent-lines.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Lines that tell of the last minutes, one each. */
const TOLD_MINUTES = 10;

/** Fewer points are no graph. */
const FEWEST_POINTS = 5;

/** A sample and when it was taken. */
interface Timed {
  readonly atMs: number;
  readonly sample: Group;
}

/**
 * How it came to this: a graph of the last hour, and the last ten minutes in figures. Times are those of the node's own clock, and
 * the hour ends with the newest sample. Empty when too little is known. Never throws.
 */
export function describePast(recent: RecentLines | undefined, metric: Metric, timeZone?: string): Block[] {
  const timed = (recent?.samples ?? []).flatMap(readTimed);
  const last = timed.at(-1);
  if (last === undefined) return [];
  return [...graphOf(timed, last.atMs, metric, timeZone), ...minutesOf(timed, last.atMs, timeZone)];
}

function readTimed(line: string): readonly Timed[] {
  const sample = parseObject(line);
  const atMs = momentMs(sample?.['t']);
  return sample === undefined || atMs === undefined ? [] : [{ atMs, sample }];
}

function graphOf(
  timed: readonly Timed[],
  toMs: number,
  metric: Metric,
  timeZone: string | undefined,
): Block[] {
  const fromMs = toMs - HOUR_MS;
  const points = timed
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
    .flatMap(({ atMs, sample }): ChartPoint[] => {
      const value = metric.read(sample);
      return value === undefined ? [] : [{ atMs, value }];
    })
    .toSorted((a, b) => a.atMs - b.atMs);
  const values = points.map(({ value }) => value);
  const latest = values.at(-1);
  if (points.length < FEWEST_POINTS || latest === undefined) return [];
  const [least, largest] = [Math.min(...values), Math.max(...values)];
  const top = metric.top(largest);
  const png = drawChart({ points, fromMs, toMs, bottom: 0, top, gaps: findGaps(points) });
  const { format, label } = metric;
  return [
    {
      kind: 'image',
      title: `${label} in its last hour: ${format(latest)} at the end, ${format(least)} to ${format(largest)}`,
      image: { cid: 'last-hour', png: png.toString('base64') },
      size: CHART_SIZE,
      axes: {
        top: format(top),
        bottom: format(0),
        left: formatClock(fromMs, timeZone).slice(0, 5),
        right: formatClock(toMs, timeZone),
      },
    },
  ];
}

const TOLD: readonly (readonly [name: string, metric: Metric])[] = [
  ['cpu', CPU],
  ['mem', MEMORY],
  ['load', LOAD],
];

/** The last sample of each of the last minutes. */
function minutesOf(timed: readonly Timed[], toMs: number, timeZone: string | undefined): Block[] {
  const byMinute = new Map<number, Timed>();
  for (const one of timed) {
    const minute = Math.floor((toMs - one.atMs) / MINUTE_MS);
    if (minute >= 0 && minute < TOLD_MINUTES) byMinute.set(minute, one);
  }
  if (byMinute.size < 2) return [];
  const newestFirst = [...byMinute].sort(([a], [b]) => a - b);
  const lines = newestFirst.map(([, { atMs, sample }]) => {
    const values = TOLD.map(([name, { read, format }]) => {
      const value = read(sample);
      return `${name} ${(value === undefined ? '–' : format(value)).padStart(5)}`;
    });
    return `${formatClock(atMs, timeZone)}  ${values.join('  ')}`;
  });
  return [{ kind: 'lines', title: 'The last ten minutes, the newest first:', lines }];
}
