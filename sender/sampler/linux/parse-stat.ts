import { isThreadCount } from '../../../shared/sample/limits.ts';
import type { CpuReading } from '../cpu-group.ts';
import { numberAfter, wholeNumber } from './numbers.ts';

/** `/proc/stat`; times in ticks. */
export interface StatReading extends CpuReading {
  readonly running: number | undefined;
  readonly blocked: number | undefined;
}

/** No kernel numbers its cores higher (`CONFIG_NR_CPUS` ends at 8192); a garbled file must not make an array of 2^53. */
const MOST_CORES = 8192;

/** Kernels before 2.6.11 have four columns; guest time, which follows the eight, is part of user and nice already. */
const CORE = /^cpu(\d*) +(\d+) (\d+) (\d+) (\d+)(?: (\d+))?(?: (\d+))?(?: (\d+))?(?: (\d+))?/;

/** Reads `/proc/stat`; undefined when its first line is not the total. See proc(5). */
export function parseStat(bytes: Buffer): StatReading | undefined {
  const text = bytes.toString('latin1');
  let total: number[] | undefined;
  const cores: (number[] | undefined)[] = [];
  let online = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith('cpu')) break;
    const match = CORE.exec(line);
    const ticks = match === null ? undefined : readTicks(match);
    if (total === undefined) {
      if (ticks === undefined || match?.[1] !== '') return undefined;
      total = ticks;
      continue;
    }
    const number = wholeNumber(match?.[1]);
    if (!(number < MOST_CORES) || ticks === undefined) continue;
    while (cores.length < number) cores.push(undefined);
    cores[number] = ticks;
    online += 1;
  }
  if (total === undefined) return undefined;
  return {
    total,
    cores,
    online,
    running: threadsAfter(text, 'procs_running '),
    blocked: threadsAfter(text, 'procs_blocked '),
  };
}

/** Kernels add up what each core counts, and while cores change a sum may be below 0: that is 4 294 967 295. */
function threadsAfter(text: string, key: string): number | undefined {
  const count = numberAfter(text, key);
  return count !== undefined && isThreadCount(count) ? count : undefined;
}

function readTicks(match: RegExpExecArray): number[] | undefined {
  const idle = wholeNumber(match[5]);
  const user = wholeNumber(match[2]);
  const system = wholeNumber(match[4]);
  const nice = wholeNumber(match[3]);
  if (Number.isNaN(idle + user + system + nice)) return undefined;
  return [idle, user, system, later(match[6]), later(match[8]), later(match[9]), nice, later(match[7])];
}

/** A column that an old kernel does not have. */
function later(digits: string | undefined): number {
  return wholeNumber(digits) || 0;
}
