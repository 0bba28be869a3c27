import type { CpuReading } from '../cpu-group.ts';
import { Cursor, numberAfter } from './cursor.ts';

/** `/proc/stat`; times in ticks. */
export interface StatReading extends CpuReading {
  readonly running: number | undefined;
  readonly blocked: number | undefined;
}

/** No kernel numbers its cores higher (`CONFIG_NR_CPUS` ends at 8192); a garbled file must not make an array of 2^53. */
const MOST_CORES = 8192;

/** Reads `/proc/stat`; undefined when its first line is not the total. See proc(5). */
export function parseStat(bytes: Buffer): StatReading | undefined {
  const cursor = new Cursor(bytes);
  if (!cursor.take('cpu ')) return undefined;
  const total = readTicks(cursor);
  if (total === undefined) return undefined;
  const cores: (number[] | undefined)[] = [];
  let online = 0;
  cursor.nextLine();
  for (; cursor.take('cpu'); cursor.nextLine()) {
    const number = cursor.number();
    const ticks = readTicks(cursor);
    if (!(number < MOST_CORES) || ticks === undefined) continue;
    while (cores.length < number) cores.push(undefined);
    cores[number] = ticks;
    online += 1;
  }
  return {
    total,
    cores,
    online,
    running: numberAfter(bytes, 'procs_running '),
    blocked: numberAfter(bytes, 'procs_blocked '),
  };
}

/** Columns of a line: user, nice, system, idle, iowait, irq, softirq, steal. */
const COLUMNS = 8;

// Kernels before 2.6.11 have fewer columns; guest time, which follows, is part of user and nice already.
function readTicks(cursor: Cursor): number[] | undefined {
  const ticks: number[] = [];
  for (let i = 0; i < COLUMNS; i++) {
    const value = cursor.number();
    if (Number.isNaN(value)) {
      if (i < 4) return undefined;
      ticks.push(0);
    } else {
      ticks.push(value);
    }
  }
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, interrupt = 0, softirq = 0, steal = 0] = ticks;
  return [idle, user, system, iowait, softirq, steal, nice, interrupt];
}
