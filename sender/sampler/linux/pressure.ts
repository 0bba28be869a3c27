import type { PressureGroup, Row } from '../../../shared/sample/sample.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { row } from '../round.ts';
import type { LinuxFiles } from './linux-files.ts';
import { parsePressure, parsePressureAverages } from './parse-pressure.ts';
import type { ProcFile } from './proc-file.ts';
import { SmoothCounter } from './smooth-counter.ts';

/**
 * The kernel brings its sums up to date every two seconds: to read them more often is in vain, ms.
 * A little less, as timers are not exact.
 */
const EVERY_MS = 1_900;

/** No sampler asks more often, ms. */
const LEAST_MS = 90;

/**
 * Makes a function that gives the stall times as they stand in a sample; undefined where the kernel
 * has none.
 */
export function watchPressure(
  files: Pick<LinuxFiles, 'pressureCpu' | 'pressureMemory' | 'pressureIo'>,
  clock: Pick<Clock, 'monotonic'>,
): () => PressureGroup | undefined {
  const cpu = watchResource(files.pressureCpu);
  const mem = watchResource(files.pressureMemory);
  const io = watchResource(files.pressureIo);
  let dueAt = Number.NEGATIVE_INFINITY;
  let givenAt = Number.NEGATIVE_INFINITY;
  let given: PressureGroup | undefined;
  return () => {
    const now = clock.monotonic();
    if (now - givenAt < LEAST_MS) return given;
    givenAt = now;
    const isDue = now >= dueAt;
    if (isDue) {
      const isLate = [cpu, mem, io].map((resource) => resource.look(now)).includes(true);
      dueAt = isLate ? now : now + EVERY_MS;
    }
    const group = { cpu: cpu.row(now), mem: mem.row(now), io: io.row(now) };
    const isAny = group.cpu !== undefined || group.mem !== undefined || group.io !== undefined;
    given = isAny ? group : undefined;
    return given;
  };
}

/** What one file says, smoothed. */
interface ResourceWatch {
  /** Reads it. True when it is worth another look soon. */
  look(nowMs: number): boolean;
  /** `[some, full]`, seconds; undefined while the file cannot be read. */
  row(nowMs: number): Row | undefined;
}

function watchResource(file: ProcFile): ResourceWatch {
  let counters: readonly [SmoothCounter, SmoothCounter] | undefined;
  let last: Row | undefined;
  return {
    look(nowMs) {
      const bytes = file.read();
      const totals = bytes && parsePressure(bytes);
      if (bytes === undefined || totals === undefined) counters = undefined;
      else if (counters === undefined) {
        counters = begin(nowMs, totals, parsePressureAverages(bytes));
        last = undefined;
      } else {
        const isSomeLate = counters[0].take(nowMs, totals[0]);
        return counters[1].take(nowMs, totals[1]) || isSomeLate;
      }
      return false;
    },
    row(nowMs) {
      if (counters === undefined) return undefined;
      const [some, full] = counters;
      if (last === undefined || !some.isAtRest || !full.isAtRest)
        last = row([some.at(nowMs), full.at(nowMs)], 3);
      return last;
    },
  };
}

function begin(
  nowMs: number,
  [some, full]: readonly [number, number],
  [someRate, fullRate]: readonly [number, number],
): readonly [SmoothCounter, SmoothCounter] {
  return [new SmoothCounter(nowMs, some, someRate), new SmoothCounter(nowMs, full, fullRate)];
}
