import type { Clock } from '../../shared/time/clock.ts';

/** Makes a function that reads once in `everyMs` milliseconds at most, and gives what it has read last in between. */
export function held<Value>(
  read: () => Value,
  everyMs: number,
  clock: Pick<Clock, 'monotonic'>,
): () => Value {
  let last: { readonly value: Value; readonly atMs: number } | undefined;
  return () => {
    const nowMs = clock.monotonic();
    if (last === undefined || nowMs - last.atMs >= everyMs) last = { value: read(), atMs: nowMs };
    return last.value;
  };
}
