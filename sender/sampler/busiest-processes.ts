/** What a process used. */
export interface ProcessUse {
  readonly pid: number;
  readonly name: string;
  /** Share of all processors together since the reading before, 0–1. */
  readonly cpu: number;
  /** Resident memory, bytes. */
  readonly rss: number;
}

/** The processes that used most. */
export interface BusiestProcesses {
  /** True when the processes of other users cannot be seen: then both lists are empty. */
  readonly hidden?: true | undefined;
  readonly cpu: readonly ProcessUse[];
  readonly mem: readonly ProcessUse[];
}

/** How many are told of each kind. */
const SHOWN = 5;

/** Puts a process among the largest by `size`, which stay sorted and at most five. Those of size 0 are not counted. */
export function keepLargest(largest: ProcessUse[], use: ProcessUse, size: 'cpu' | 'rss'): void {
  if (use[size] <= 0) return;
  const at = largest.findIndex((other) => use[size] > other[size]);
  if (at === -1) largest.push(use);
  else largest.splice(at, 0, use);
  if (largest.length > SHOWN) largest.pop();
}
