import { counterAt, type Group, groupOf, type PastCounters, rowAt } from './read-values.ts';

/** Groups of which each entry is a row of counters. */
const GROUPS = ['psi', 'disk', 'net'] as const;

/**
 * A sample with null in place of each counter that is less than it was in a sample before. It may
 * be a glitch of a driver, and whoever takes a rate over it would count the whole counter as
 * traffic. One that stays low is given again when the samples before it are no longer remembered.
 */
export function leaveOutFallen(sample: Group, past: readonly PastCounters[]): Group {
  if (past.length === 0) return sample;
  const groups = GROUPS.map((group) => {
    const rows = Object.keys(groupOf(sample[group]) ?? {});
    return [group, Object.fromEntries(rows.map((name) => [name, rowOf(sample, past, group, name)]))];
  });
  return { ...sample, ...Object.fromEntries(groups), paging: rowOf(sample, past, 'paging') };
}

function rowOf(sample: Group, past: readonly PastCounters[], group: string, name?: string): unknown {
  const row = rowAt(sample, group, name);
  if (row === undefined) return undefined;
  const before = past.flatMap(({ counters }) => {
    const found = rowAt(counters, group, name);
    return found === undefined ? [] : [found];
  });
  // A row ends before the zeros at its end.
  const length = Math.max(row.length, ...before.map((one) => one.length));
  return Array.from({ length }, (_, index) => {
    const now = counterAt(row, index);
    const hasFallen = before.some((one) => (counterAt(one, index) ?? 0) > (now ?? 0));
    return now === undefined || hasFallen ? null : now;
  });
}
