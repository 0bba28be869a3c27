/**
 * The share of each mode in what passed between two readings, 0–1; undefined when nothing did. A counter that ran
 * backwards (iowait does, see proc_stat(5); a core that was taken off and put back) counts as not having moved.
 */
export function utilization(before: readonly number[], now: readonly number[]): number[] | undefined {
  const passed = now.map((value, mode) => Math.max(0, value - (before[mode] ?? 0)));
  let sum = 0;
  for (const value of passed) sum += value;
  return sum === 0 ? undefined : passed.map((value) => value / sum);
}
