import type { Condition } from './condition.ts';
import { FillForecast } from './fill-forecast.ts';
import { HeldCondition } from './held-condition.ts';
import { goesByMean, MeanCondition } from './mean-condition.ts';
import type { NamedRule } from './rules.ts';
import type { Stretch } from './sample-clock.ts';
import { WindowMean } from './window-mean.ts';

/** A series of a node that rules look at. Rules with windows of the same length share them. */
export class WatchedSeries {
  readonly conditions: readonly Condition[];
  /** When a value came last, ms since 1970. */
  seenMs = 0;
  readonly #windows: WindowMean[] = [];
  /** For rules that ask when it is full; undefined where none does. */
  readonly #forecast: FillForecast | undefined;

  /** @param isFiring whether a rule was raised before this program was started */
  constructor(rules: readonly NamedRule[], part: string | undefined, isFiring: (rule: NamedRule) => boolean) {
    this.conditions = rules.map((rule) => {
      if (!goesByMean(rule.kind)) return new HeldCondition(rule, part, isFiring(rule));
      const windows = { raise: this.#window(rule.for_seconds), clear: this.#window(rule.clear_for_seconds) };
      return new MeanCondition(rule, part, isFiring(rule), windows);
    });
    this.#forecast = rules.some(isForecast) ? new FillForecast() : undefined;
  }

  /** Lets a value stand for a stretch of time, without a look at the rules. */
  remember(value: number, { endMs, coversMs }: Stretch): void {
    for (const window of this.#windows) window.add(value, endMs, coversMs);
  }

  /** Shows the present value to every rule. @param nowMs ms since 1970 */
  look(
    value: number,
    nowMs: number,
    onChange: (condition: Condition, kind: 'raise' | 'clear') => void,
  ): void {
    this.seenMs = nowMs;
    const hours = this.#forecast?.take(value, nowMs);
    for (const condition of this.conditions) {
      const seen = isForecast(condition.rule) ? hours : value;
      const kind = seen === undefined ? undefined : condition.take(seen, nowMs);
      if (kind !== undefined) onChange(condition, kind);
    }
  }

  #window(seconds: number): WindowMean | undefined {
    if (seconds === 0) return undefined;
    const known = this.#windows.find(({ lengthMs }) => lengthMs === seconds * 1000);
    if (known !== undefined) return known;
    const window = new WindowMean(seconds * 1000);
    this.#windows.push(window);
    return window;
  }
}

function isForecast({ kind }: NamedRule): boolean {
  return kind === 'filesystem_hours_left';
}
