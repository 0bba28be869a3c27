/**
 * What history takes from a sample. Samples come from outside, perhaps from another version, perhaps damaged: whatever is not a
 * finite number in its place is passed over.
 */

import { isCelsius, isFanSpeed, toRatio } from '../../shared/sample/limits.ts';
import { type CounterReading, rateOfCounter } from './rate-of-counter.ts';
import { seriesName } from './series-names.ts';
import { Total } from './total.ts';

/** A sample, or a part of one, of which nothing is known. */
export type Group = Readonly<Record<string, unknown>>;

/**
 * How long before a stretch of a log reading begins, so that its first sample has the right rates,
 * too, ms.
 */
export const RATES_LEAD_MS = 120_000;

/** Takes one value of a sample. */
export type PutValue = (name: string, value: number) => void;

/** An earlier sample, from which rates are taken. */
export interface PastCounters {
  /** Its {@link countersOf}. */
  readonly counters: Group;
  /** How long before the present sample it was taken, more than 0. */
  readonly seconds: number;
}

/** A sample and the ones before it, from which rates are taken. */
export interface SamplePair {
  readonly sample: Group;
  /**
   * The newest first; empty where there is none that rates can be taken from. See
   * `counter-memory.ts`.
   */
  readonly past: readonly PastCounters[];
  /** Is called when a counter of the sample is less than in the one before. */
  readonly onFall?: (() => void) | undefined;
}

/** What the next sample's rates, and the time between the two, are taken from: a small part of a sample. */
export function countersOf({ boot, up, paging, psi, disk, net }: Group): Group {
  return { boot, up, paging, psi, disk, net };
}

/** Gives every value of a sample to `put`, by the names of `series.ts`. */
export function readValues(pair: SamplePair, put: PutValue): void {
  readCpu(pair, put);
  readMemory(pair, put);
  readPressure(pair, put);
  readFilesystems(pair, put);
  readDisks(pair, put);
  readInterfaces(pair, put);
  readSensors(pair, put);
  readProcesses(pair, put);
}

/** A value as an object of which nothing is known. */
export function groupOf(value: unknown): Group | undefined {
  return typeof value === 'object' && value !== null ? (value as Group) : undefined;
}

/** A line of a log as an object of which nothing is known; undefined when it is none. */
export function parseLine(line: string): Group | undefined {
  try {
    return groupOf(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** A finite number; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

const CPU_SERIES = [
  ['cpu.user', ['user']],
  ['cpu.system', ['system']],
  ['cpu.iowait', ['iowait']],
  ['cpu.nice', ['nice']],
  ['cpu.irq', ['softirq', 'interrupt']],
  ['cpu.steal', ['steal']],
] as const;

function readCpu({ sample }: SamplePair, put: PutValue): void {
  const cpu = groupOf(sample['cpu']);
  const util = groupOf(cpu?.['util']);
  if (util !== undefined) {
    let used = 0;
    for (const [name, modes] of CPU_SERIES) {
      let sum = 0;
      for (const mode of modes) sum += numberOf(util[mode]) ?? 0;
      put(name, sum);
      if (name !== 'cpu.iowait') used += sum;
    }
    put('cpu.used', used);
  }
  putNumber(put, 'cpu.count', cpu?.['n']);
  const load = sample['load'];
  if (Array.isArray(load)) {
    putNumber(put, 'load.1', load[0] ?? 0);
    putNumber(put, 'load.5', load[1] ?? 0);
    putNumber(put, 'load.15', load[2] ?? 0);
    const [load5, count] = [numberOf(load[1] ?? 0), numberOf(cpu?.['n'])];
    if (load5 !== undefined && count !== undefined && count > 0) put('load.per_cpu', load5 / count);
  }
}

function readMemory(pair: SamplePair, put: PutValue): void {
  const mem = groupOf(pair.sample['mem']);
  const total = numberOf(mem?.['total']);
  const avail = numberOf(mem?.['avail']);
  if (total !== undefined && total > 0) {
    put('mem.total', total);
    // More than all is what the host of a container has, which older senders passed on: how much is used is not known.
    if (avail !== undefined && avail >= 0 && avail <= total) {
      put('mem.used', total - avail);
      put('mem.ratio', (total - avail) / total);
    }
  }
  putNumber(put, 'mem.cache', mem?.['cache']);
  const swap = groupOf(pair.sample['swap']);
  const [swapSize, swapUsed] = [numberOf(swap?.['total']), numberOf(swap?.['used'])];
  putNumber(put, 'swap.total', swapSize);
  if (swapSize !== undefined && swapUsed !== undefined && swapUsed >= 0 && swapUsed <= swapSize) {
    put('swap.used', swapUsed);
    if (swapSize > 0) put('swap.ratio', swapUsed / swapSize);
  }
  const rate = rates(pair, 'paging');
  if (rate === undefined) return;
  putNumber(put, 'paging.in', rate(0));
  putNumber(put, 'paging.out', rate(1));
  putNumber(put, 'paging.faults', rate(2));
}

function readPressure(pair: SamplePair, put: PutValue): void {
  const cpu = rates(pair, 'psi', 'cpu');
  const mem = rates(pair, 'psi', 'mem');
  const io = rates(pair, 'psi', 'io');
  putRatio(put, 'psi.cpu', cpu?.(0));
  putRatio(put, 'psi.mem', mem?.(0));
  putRatio(put, 'psi.mem_full', mem?.(1));
  putRatio(put, 'psi.io', io?.(0));
  putRatio(put, 'psi.io_full', io?.(1));
}

function readFilesystems({ sample }: SamplePair, put: PutValue): void {
  const mounts = groupOf(sample['fs']);
  if (mounts === undefined) return;
  let fullest = -1;
  for (const mount of Object.keys(mounts)) {
    const row = mounts[mount];
    if (!Array.isArray(row)) continue;
    const used = numberOf(row[0] ?? 0);
    const free = numberOf(row[1] ?? 0);
    if (used === undefined || free === undefined || used < 0 || free < 0 || used + free <= 0) continue;
    put(seriesName('fs.used:', mount), used);
    put(seriesName('fs.size:', mount), used + free);
    put(seriesName('fs.ratio:', mount), used / (used + free));
    putRatio(put, seriesName('fs.inodes:', mount), row[3] ?? 0);
    fullest = Math.max(fullest, used / (used + free));
  }
  if (fullest >= 0) put('fs.fullest', fullest);
}

function readDisks(pair: SamplePair, put: PutValue): void {
  const total = new Total(pair.sample, 'disk');
  for (const disk of Object.keys(groupOf(pair.sample['disk']) ?? {})) {
    const rate = rates(pair, 'disk', disk);
    if (rate === undefined) continue;
    total.add(disk, rate);
    putNumber(put, seriesName('disk.read:', disk), rate(0));
    putNumber(put, seriesName('disk.write:', disk), rate(1));
    putNumber(put, seriesName('disk.reads:', disk), rate(2));
    putNumber(put, seriesName('disk.writes:', disk), rate(3));
    putRatio(put, seriesName('disk.busy:', disk), rate(6));
  }
  total.put(put, 'disk.read', 'disk.write');
}

function readInterfaces(pair: SamplePair, put: PutValue): void {
  const total = new Total(pair.sample, 'net');
  for (const name of Object.keys(groupOf(pair.sample['net']) ?? {})) {
    const rate = rates(pair, 'net', name);
    if (rate === undefined) continue;
    total.add(name, rate);
    putNumber(put, seriesName('net.rx:', name), rate(0));
    putNumber(put, seriesName('net.tx:', name), rate(1));
    putNumber(put, seriesName('net.errors:', name), sumOf(rate(4), rate(5)));
    putNumber(put, seriesName('net.drops:', name), sumOf(rate(6), rate(7)));
  }
  total.put(put, 'net.rx', 'net.tx');
}

function readSensors({ sample }: SamplePair, put: PutValue): void {
  let hottest: number | undefined;
  const temperatures = groupOf(sample['temp']) ?? {};
  for (const sensor of Object.keys(temperatures)) {
    const celsius = numberOf(temperatures[sensor]);
    if (celsius === undefined || !isCelsius(celsius)) continue;
    put(seriesName('temp:', sensor), celsius);
    hottest = Math.max(hottest ?? celsius, celsius);
  }
  putNumber(put, 'temp.hottest', hottest);
  const fans = groupOf(sample['fan']) ?? {};
  for (const fan of Object.keys(fans)) {
    const rpm = numberOf(fans[fan]);
    if (rpm !== undefined && isFanSpeed(rpm)) put(seriesName('fan:', fan), rpm);
  }
}

function readProcesses({ sample }: SamplePair, put: PutValue): void {
  const processes = groupOf(sample['proc']);
  putNumber(put, 'proc.count', processes?.['n']);
  putNumber(put, 'proc.threads', processes?.['threads']);
  putNumber(put, 'proc.running', processes?.['run']);
  putNumber(put, 'proc.blocked', processes?.['blocked']);
  putNumber(put, 'fd.used', groupOf(sample['fd'])?.['used']);
  putNumber(put, 'uptime', sample['up']);
}

function putNumber(put: PutValue, name: string, value: unknown): void {
  const number = numberOf(value);
  if (number !== undefined) put(name, number);
}

/** A ratio of 0–1, which rounding and two clocks may take a little beyond. */
function putRatio(put: PutValue, name: string, value: unknown): void {
  const number = numberOf(value);
  if (number !== undefined) put(name, toRatio(number));
}

/** The rates of a row of counters; undefined where there is no row, or none to compare it with. */
function rates(
  { sample, past, onFall }: SamplePair,
  group: string,
  name?: string,
): ((index: number) => number | undefined) | undefined {
  const [last] = past;
  const row = rowAt(sample, group, name);
  const before = last && rowAt(last.counters, group, name);
  if (row === undefined || last === undefined || before === undefined) return undefined;
  return (index) => {
    const [now, then] = [counterAt(row, index), counterAt(before, index)];
    if (now === undefined || then === undefined) return undefined;
    if (now < then) onFall?.();
    if (past.length === 1) return rateOfCounter(now, [{ value: then, seconds: last.seconds }]);
    return rateOfCounter(
      now,
      past.flatMap(({ counters, seconds }): CounterReading[] => {
        const value = counterAt(rowAt(counters, group, name) ?? [], index);
        return value === undefined ? [] : [{ value, seconds }];
      }),
    );
  };
}

/** A row of counters of a sample. */
export function rowAt(sample: Group, group: string, name?: string): readonly unknown[] | undefined {
  const found = name === undefined ? sample[group] : groupOf(sample[group])?.[name];
  return Array.isArray(found) ? found : undefined;
}

/** A counter of a row, which ends before the zeros at its end. */
export function counterAt(row: readonly unknown[], index: number): number | undefined {
  return numberOf(index < row.length ? row[index] : 0);
}

function sumOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}
