import type { Column, CompareAnswer } from '../../data/contract.ts';

/** One node's values over a range. */
export interface RankedNode {
  readonly name: string;
  readonly column: Column;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** The last value that is known. */
  readonly last: number;
}

/** The nodes of which anything is known, the greatest mean first. */
export function rankNodes({ nodes }: Pick<CompareAnswer, 'nodes'>): readonly RankedNode[] {
  return Object.entries(nodes)
    .flatMap(([name, column]) => summarize(name, column) ?? [])
    .sort((a, b) => b.mean - a.mean);
}

function summarize(name: string, column: Column): RankedNode | undefined {
  let [min, max, sum, count, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (const value of column) {
    if (value === null) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    count++;
    last = value;
  }
  return count === 0 ? undefined : { name, column, min, mean: sum / count, max, last };
}
