import { countersOf, type Group, numberOf, type PastCounters, type SamplePair } from './read-values.ts';

/**
 * How many samples back the old value of a counter that fell is looked for. After a restart reading
 * goes on as many samples earlier, so that what is remembered is the same as without it.
 */
export const MEMORY_SAMPLES = 6;

/** A time between two samples that is never a gap, whatever the interval was before, ms. */
const NO_GAP_MS = 60_000;

/** A sample that is remembered. */
interface Remembered {
  readonly counters: Group;
  /** Time of the memory's own clock, which only adds up the times between samples. */
  readonly clockMs: number;
}

/**
 * Remembers what the rates of the next sample are taken from: the counters of the sample before
 * and, after one of them fell, those of some samples more. Takes the samples of one log in their
 * order.
 */
export class CounterMemory {
  /** The newest first. */
  #past: readonly Remembered[] = [];
  #clockMs = 0;
  #intervalMs: number;
  #samplesSinceFall = MEMORY_SAMPLES;

  /** @param intervalMs the last time between two samples; 0 when not known */
  constructor(intervalMs = 0) {
    this.#intervalMs = intervalMs;
  }

  /** The time between the last two samples, ms; 0 when not known. */
  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** Whether a counter fell in the last samples. */
  get hasFallen(): boolean {
    return this.#samplesSinceFall < MEMORY_SAMPLES;
  }

  /**
   * Takes a sample and returns what to read it with. Another boot and a gap leave nothing to take
   * rates from.
   */
  take(sample: Group): SamplePair {
    const before = this.#pass(sample);
    const past = before.map(
      ({ counters, clockMs }): PastCounters => ({ counters, seconds: (this.#clockMs - clockMs) / 1000 }),
    );
    const now = { counters: countersOf(sample), clockMs: this.#clockMs };
    const withBefore = () => [now, ...before.slice(0, MEMORY_SAMPLES - 1)];
    this.#samplesSinceFall += 1;
    this.#past = this.#samplesSinceFall < MEMORY_SAMPLES ? withBefore() : [now];
    const onFall = () => {
      this.#samplesSinceFall = 0;
      this.#past = withBefore();
    };
    return { sample, past, onFall };
  }

  /** Moves the clock on to a sample; what is remembered from before it. */
  #pass(sample: Group): readonly Remembered[] {
    const last = this.#past[0];
    if (last === undefined) return [];
    const passedMs = distanceMs(last.counters, sample);
    const isGap = passedMs <= 0 || passedMs > this.#longestMs();
    if (passedMs > 0) this.#intervalMs = passedMs;
    this.#clockMs += Math.max(0, passedMs);
    return isGap ? [] : this.#past;
  }

  /** The longest time between two samples that is not a gap, ms. */
  #longestMs(): number {
    return this.#intervalMs > 0 ? Math.max(3 * this.#intervalMs, NO_GAP_MS) : Number.POSITIVE_INFINITY;
  }
}

/**
 * The time between two samples, ms: by the node's uptime, which no setting of a clock changes; 0
 * across a restart of the machine.
 */
function distanceMs(before: Group, sample: Group): number {
  if (before['boot'] !== sample['boot']) return 0;
  const [from, to] = [numberOf(before['up']), numberOf(sample['up'])];
  return from === undefined || to === undefined ? 0 : Math.round((to - from) * 1000);
}
