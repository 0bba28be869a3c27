import type { Clock } from '../../shared/time/clock.ts';

/** Options of {@link slowReadings}. */
export interface SlowReadingsOptions<Value> {
  /** Reads one thing. May take for ever; may reject. */
  readonly read: (key: string) => Promise<Value>;
  /** How often each thing is read, ms. */
  readonly everyMs: number;
  /** A value older than this is not given out, ms. */
  readonly maxAgeMs: number;
  /** How many reads may be out at the same time. */
  readonly maxInFlight: number;
  readonly clock: Clock;
}

/** The last values of things that may hang when they are read. */
export interface SlowReadings<Value> {
  /** Says what there is to read. A thing that is gone loses its value; a read of it that is out still counts as out. */
  setKeys(keys: readonly string[]): void;
  /** Begins to read what is due. Never waits. */
  poll(): void;
  /** The last value, unless it is too old, or reading failed, or never came back. */
  get(key: string): Value | undefined;
  /** Resolves when nothing is out and nothing waits; with a read that hangs, never. */
  settled(): Promise<void>;
}

/**
 * Keeps the values of things that may hang: they are read in the background, a few at a time, and one that has not come back is
 * not asked again until it has. When all places are taken by reads that hang, nothing else is read, and its values
 * age away.
 */
export function slowReadings<Value>(options: SlowReadingsOptions<Value>): SlowReadings<Value> {
  const { clock, everyMs, maxAgeMs, maxInFlight } = options;
  const values = new Map<string, { readonly value: Value; readonly at: number }>();
  const inFlight = new Set<string>();
  let keys: readonly string[] = [];
  let waiting: string[] = [];
  let dueAt = Number.NEGATIVE_INFINITY;
  let whenIdle: (() => void) | undefined;

  async function readOne(key: string): Promise<void> {
    inFlight.add(key);
    const startedAt = clock.monotonic();
    try {
      const value = await options.read(key);
      if (keys.includes(key)) values.set(key, { value, at: startedAt });
    } catch {
      values.delete(key);
    }
    inFlight.delete(key);
    pump();
  }

  function pump(): void {
    while (inFlight.size < maxInFlight) {
      const key = waiting.shift();
      if (key === undefined) break;
      void readOne(key);
    }
    if (inFlight.size === 0 && waiting.length === 0) whenIdle?.();
  }

  function poll(): void {
    const now = clock.monotonic();
    if (now < dueAt) return;
    dueAt = now + everyMs;
    waiting = keys.filter((key) => !inFlight.has(key));
    pump();
  }

  return {
    setKeys(next) {
      keys = next;
      waiting = waiting.filter((key) => keys.includes(key));
      for (const key of values.keys()) if (!keys.includes(key)) values.delete(key);
      dueAt = Number.NEGATIVE_INFINITY;
    },
    poll,
    get(key) {
      const entry = values.get(key);
      return entry !== undefined && clock.monotonic() - entry.at <= maxAgeMs ? entry.value : undefined;
    },
    async settled() {
      while (inFlight.size > 0 || waiting.length > 0) {
        await new Promise<void>((resolve) => {
          whenIdle = resolve;
        });
      }
    },
  };
}
