/**
 * A block: the buckets of one node, one tier and one stretch of time, column by column and compressed. Neighbours in a
 * column are alike, so a column is stored as differences, and most of them take a byte or, after zstd, nothing.
 *
 *     zstd( for each column: its length (3 bytes), then
 *             for each slot: samples, as the difference to the slot before
 *             for each slot that has any: steps of the mean, as the difference to the one before
 *             for each such slot: how many steps the least lies below the mean
 *             for each such slot: how many steps the greatest lies above it )
 */

import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type Bucket, emptyBucket } from './bucket.ts';
import type { Quantum } from './quantum.ts';
import { VarintReader, VarintWriter } from './varint.ts';

/** A block of {@link MAX_SERIES} columns that is no damage is smaller, bytes. */
const MAX_BYTES = 64 * 2 ** 20;

const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 6 } };

/** Makes a block of the buckets in their slots; `undefined` is an empty slot. */
export function encodeBlock(slots: readonly (Bucket | undefined)[], quanta: readonly Quantum[]): Uint8Array {
  const writer = new VarintWriter(2 ** 16);
  quanta.forEach((quantum, column) => {
    const length = writer.reserve24();
    writeColumn(writer, slots, column, quantum);
    writer.patch24(length, writer.length - length - 3);
  });
  return zstdCompressSync(writer.bytes(), ZSTD);
}

function writeColumn(
  writer: VarintWriter,
  slots: readonly (Bucket | undefined)[],
  column: number,
  quantum: Quantum,
): void {
  const filled: Bucket[] = [];
  let last = 0;
  for (const bucket of slots) {
    const samples = bucket?.count[column] ?? 0;
    writer.signed(samples - last);
    last = samples;
    if (bucket !== undefined && samples > 0) filled.push(bucket);
  }
  const steps = (values: Float64Array) => quantum.toSteps(values[column] ?? 0);
  const means = filled.map(({ mean }) => steps(mean));
  for (const [index, mean] of means.entries()) writer.signed(mean - (means[index - 1] ?? 0));
  for (const { mean, min } of filled) writer.unsigned(Math.max(0, steps(mean) - steps(min)));
  for (const { mean, max } of filled) writer.unsigned(Math.max(0, steps(max) - steps(mean)));
}

/**
 * Reads a block, or only some of its columns, which keep their places.
 *
 * @throws the error of zstd when it is damaged
 */
export function decodeBlock(
  bytes: Uint8Array,
  slotCount: number,
  quanta: readonly Quantum[],
  wanted?: ReadonlySet<number>,
): readonly Bucket[] {
  const reader = new VarintReader(zstdDecompressSync(bytes, { maxOutputLength: MAX_BYTES }));
  const slots = Array.from({ length: slotCount }, () => emptyBucket(quanta.length));
  quanta.forEach((quantum, column) => {
    const length = reader.fixed24();
    if (wanted?.has(column) === false) reader.skip(length);
    else readColumn(reader, slots, column, quantum);
  });
  return slots;
}

function readColumn(reader: VarintReader, slots: readonly Bucket[], column: number, quantum: Quantum): void {
  let samples = 0;
  const filled: Bucket[] = [];
  for (const bucket of slots) {
    samples += reader.signed();
    bucket.count[column] = samples;
    if (samples > 0) filled.push(bucket);
  }
  let steps = 0;
  const means = filled.map((bucket) => {
    steps += reader.signed();
    bucket.mean[column] = quantum.toValue(steps);
    return steps;
  });
  filled.forEach(({ min }, index) => {
    min[column] = quantum.toValue((means[index] ?? 0) - reader.unsigned());
  });
  filled.forEach(({ max }, index) => {
    max[column] = quantum.toValue((means[index] ?? 0) + reader.unsigned());
  });
}
