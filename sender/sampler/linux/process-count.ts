import { readdirSync } from 'node:fs';
import type { Clock } from '../../../shared/time/clock.ts';

/** Listing `/proc` takes half a millisecond per thousand processes: too much for every sample. */
const EVERY_MS = 10_000;

const DIGIT_0 = 48;
const DIGIT_9 = 57;

/** Makes a function that tells how many processes there are, counted at most every ten seconds. */
export function countProcesses(procDirectory: string, clock: Clock): () => number | undefined {
  let count: number | undefined;
  let dueAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.monotonic();
    if (now >= dueAt) {
      dueAt = now + EVERY_MS;
      count = countNow(procDirectory);
    }
    return count;
  };
}

function countNow(procDirectory: string): number | undefined {
  try {
    const count = readdirSync(procDirectory).reduce((sum, name) => sum + Number(isPid(name)), 0);
    return count === 0 ? undefined : count;
  } catch {
    return undefined;
  }
}

function isPid(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= DIGIT_0 && first <= DIGIT_9;
}
