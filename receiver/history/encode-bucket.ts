import { type Bucket, emptyBucket } from './bucket.ts';
import type { Quantum } from './quantum.ts';
import { VarintReader, type VarintWriter } from './varint.ts';

/**
 * One bucket as a row of history.db: for each column its number of samples, and when there are any the steps of the mean, how many
 * steps the least lies below it and the greatest above it.
 */
export function encodeBucket(bucket: Bucket, quanta: readonly Quantum[], writer: VarintWriter): Uint8Array {
  writer.clear();
  const { count, mean, min, max } = bucket;
  for (let column = 0; column < count.length; column++) {
    const samples = count[column] ?? 0;
    const quantum = quanta[column];
    writer.unsigned(samples);
    if (samples === 0 || quantum === undefined) continue;
    const steps = quantum.toSteps(mean[column] ?? 0);
    writer.signed(steps);
    writer.unsigned(Math.max(0, steps - quantum.toSteps(min[column] ?? 0)));
    writer.unsigned(Math.max(0, quantum.toSteps(max[column] ?? 0) - steps));
  }
  return writer.bytes().slice();
}

/** Reads a row that {@link encodeBucket} made. */
export function decodeBucket(bytes: Uint8Array, quanta: readonly Quantum[]): Bucket {
  const reader = new VarintReader(bytes);
  const bucket = emptyBucket(quanta.length);
  for (let column = 0; column < quanta.length && !reader.isAtEnd; column++) {
    const samples = reader.unsigned();
    const quantum = quanta[column];
    if (samples === 0 || quantum === undefined) continue;
    const steps = reader.signed();
    bucket.count[column] = samples;
    bucket.mean[column] = quantum.toValue(steps);
    bucket.min[column] = quantum.toValue(steps - reader.unsigned());
    bucket.max[column] = quantum.toValue(steps + reader.unsigned());
  }
  return bucket;
}
