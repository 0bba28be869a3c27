import type { Layout } from './layout.ts';

/**
 * What is known of one stretch of time: for each column how many samples it had, their mean, least and greatest. Columns beyond the
 * end of the arrays had none.
 */
export interface Bucket {
  readonly count: Float64Array;
  readonly mean: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/** An empty bucket of so many columns. */
export function emptyBucket(columns: number): Bucket {
  // In one piece: each piece of memory costs a tenth of a kilobyte beside what is in it, for every node.
  const all = new Float64Array(4 * columns);
  const part = (index: number) => all.subarray(index * columns, (index + 1) * columns);
  return { count: part(0), mean: part(1), min: part(2), max: part(3) };
}

/** Whether any column has a sample. */
export function isEmpty(bucket: Bucket): boolean {
  return bucket.count.every((count) => count === 0);
}

/** Adds one value to a column. */
export function addValue(bucket: Bucket, column: number, value: number): void {
  addAll(bucket, column, 1, value, value, value);
}

/** Adds `count` samples, of which the mean, the least and the greatest are known, to a column. */
export function addAll(
  { count, mean, min, max }: Bucket,
  column: number,
  samples: number,
  ofMean: number,
  ofMin: number,
  ofMax: number,
): void {
  const before = count[column] ?? 0;
  const after = before + samples;
  count[column] = after;
  mean[column] = before === 0 ? ofMean : ((mean[column] ?? 0) * before + ofMean * samples) / after;
  min[column] = before === 0 ? ofMin : Math.min(min[column] ?? 0, ofMin);
  max[column] = before === 0 ? ofMax : Math.max(max[column] ?? 0, ofMax);
}

/** Adds all of `from`, whose columns `layout` names, to `to`, whose columns `toLayout` names. */
export function addBucket(to: Bucket, toLayout: Layout, from: Bucket, layout: Layout): void {
  for (let column = 0; column < from.count.length; column++) {
    const samples = from.count[column] ?? 0;
    if (samples === 0) continue;
    const target = layout === toLayout ? column : toLayout.find(layout.names[column] ?? '');
    if (target === undefined) continue;
    addAll(to, target, samples, from.mean[column] ?? 0, from.min[column] ?? 0, from.max[column] ?? 0);
  }
}
