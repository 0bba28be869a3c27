/** A reading of a counter, and how long before the present one it was taken. */
export interface CounterReading {
  readonly value: number;
  readonly seconds: number;
}

/** What counts as nearly all of a counter that was lost, and what as nearly nothing. */
const NEARLY_ALL = 0.9;
const NEARLY_NOTHING = 0.1;

/**
 * The rate of a counter that does not fall from the reading before to this one, though it may have
 * fallen not long ago. When it stayed where it fell to and now rises to about its old value at
 * once, the low readings were a glitch of a driver: the rate is then that since the old value.
 * Otherwise it began again at 0, and the rate is that since the reading before. A wrap at 2^32 is
 * not told from a new beginning: one sample has no rate, and the next goes on from there.
 *
 * @param earlier the newest first, at least one
 * @returns undefined where the rate is not known
 */
export function rateOfCounter(now: number, earlier: readonly CounterReading[]): number | undefined {
  const [before] = earlier;
  if (before === undefined || now < before.value) return undefined;
  const old = valueBeforeGlitch(now, before.value, earlier);
  if (old === undefined) return (now - before.value) / before.seconds;
  return now < old.value ? undefined : (now - old.value) / old.seconds;
}

/**
 * The largest of the earlier readings that the counter has come back to; undefined where there was
 * no glitch.
 */
function valueBeforeGlitch(
  now: number,
  before: number,
  earlier: readonly CounterReading[],
): CounterReading | undefined {
  let low = before;
  let found: CounterReading | undefined;
  for (const reading of earlier) {
    const { value } = reading;
    if (value > before && value > (found?.value ?? 0)) {
      const stayedLow = before - low <= NEARLY_NOTHING * (value - low);
      const cameBack = now - before >= NEARLY_ALL * (value - before);
      if (stayedLow && cameBack) found = reading;
    }
    low = Math.min(low, value);
  }
  return found;
}
