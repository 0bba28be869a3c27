import type { NodeName } from '../../shared/names/node-name.ts';
import type { FormerName } from '../fleet/renames.ts';
import type { History, SeriesAnswer, SeriesColumns } from './history.ts';

/** What is asked about the past of one node. */
export type Past = Pick<History, 'names' | 'series' | 'top' | 'inventory'>;

/** The past of nodes that had other names: until it was given up, what is known under a former name is that of the node. */
export function pastOf(history: History, before: (node: NodeName) => readonly FormerName[]): Past {
  return {
    async names(node) {
      const names = [node, ...before(node).map((former) => former.node)];
      return [...new Set((await Promise.all(names.map((one) => history.names(one)))).flat())].sort();
    },
    async series(node, names, range, points) {
      const former = before(node).filter(({ untilMs }) => untilMs > range.fromMs);
      const [present, ...past] = await Promise.all(
        [node, ...former.map((one) => one.node)].map((one) => history.series(one, names, range, points)),
      );
      return former.reduce(
        (answer, { untilMs }, index) => continued(answer, past[index] ?? answer, untilMs),
        present ?? { stepMs: 1, timesMs: [], series: {} },
      );
    },
    async top(node, atMs) {
      const found = await history.top(node, atMs);
      if (found !== undefined) return found;
      const former = before(node).findLast(({ untilMs }) => untilMs >= atMs);
      return former && (await history.top(former.node, atMs));
    },
    async inventory(node) {
      for (const one of [node, ...before(node).map((former) => former.node)]) {
        const found = await history.inventory(one);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** The answer for the present name, and where it knows nothing, what was known under a former one until it was given up. */
function continued(present: SeriesAnswer, former: SeriesAnswer, untilMs: number): SeriesAnswer {
  const { timesMs, stepMs } = present.timesMs.length === 0 ? former : present;
  const names = [...Object.keys(present.series), ...Object.keys(former.series)];
  const join = (pick: (answer: SeriesAnswer) => SeriesColumns[keyof SeriesColumns] | undefined) =>
    timesMs.map((atMs) => {
      const known = valueAt(present, pick(present), atMs);
      return known !== null || atMs >= untilMs ? known : valueAt(former, pick(former), atMs);
    });
  const series = [...new Set(names)].map((name) => [
    name,
    {
      mean: join((answer) => answer.series[name]?.mean),
      min: join((answer) => answer.series[name]?.min),
      max: join((answer) => answer.series[name]?.max),
    },
  ]);
  return { stepMs, timesMs, series: Object.fromEntries(series) };
}

/** Two names may be answered in different steps, when the node sampled at another interval. */
function valueAt(
  { timesMs, stepMs }: SeriesAnswer,
  column: readonly (number | null)[] | undefined,
  atMs: number,
): number | null {
  return column?.[Math.floor((atMs - (timesMs[0] ?? 0)) / stepMs)] ?? null;
}
