import type { RuleKind } from '../../shared/config/default-rules.ts';
import type { Condition, ConditionChange } from './condition.ts';
import type { NamedRule } from './rules.ts';
import { isBeyond, isWell } from './thresholds.ts';
import type { WindowMean } from './window-mean.ts';

/**
 * Kinds for whose values a mean means nothing: what happens at once, what only grows until it ends,
 * and what is made from hours or minutes of samples already.
 */
const HELD_KINDS: ReadonlySet<RuleKind> = new Set([
  'filesystem_hours_left',
  'clock_skew',
  'reboot',
  'log_stopped',
]);

/** Whether rules of a kind go by the mean of their windows. */
export function goesByMean(kind: RuleKind): boolean {
  return !HELD_KINDS.has(kind);
}

/**
 * The windows of a rule; undefined where the rule goes by the newest value. Whoever takes values
 * adds them.
 */
export interface Windows {
  /** Of `for_seconds`. */
  readonly raise: WindowMean | undefined;
  /** Of `clear_for_seconds`. */
  readonly clear: WindowMean | undefined;
}

/**
 * A rule that goes by the mean over its window, so that a single value below the threshold ends
 * nothing and a single value above it raises nothing. Its alert is over when the same mean, and
 * that over the time to clear, are well.
 */
export class MeanCondition implements Condition {
  readonly rule: NamedRule;
  readonly part: string | undefined;
  readonly #windows: Windows;
  #isFiring: boolean;
  #value = Number.NaN;

  /** @param isFiring whether it was raised before this program was started */
  constructor(rule: NamedRule, part: string | undefined, isFiring: boolean, windows: Windows) {
    this.rule = rule;
    this.part = part;
    this.#windows = windows;
    this.#isFiring = isFiring;
  }

  get value(): number {
    return this.#value;
  }

  get judged(): number {
    return this.#meanOf(this.#windows.raise) ?? this.#value;
  }

  get state(): 'ok' | 'pending' | 'firing' {
    if (this.#isFiring) return 'firing';
    return isBeyond(this.rule, this.#value) ? 'pending' : 'ok';
  }

  take(value: number): ConditionChange {
    this.#value = value;
    if (this.#isFiring) return this.#end();
    // A mean that is still high says nothing about now when the value is well already.
    if (isWell(this.rule, value)) return undefined;
    const mean = this.#meanOf(this.#windows.raise);
    if (mean === undefined || !isBeyond(this.rule, mean)) return undefined;
    this.#isFiring = true;
    return 'raise';
  }

  #end(): ConditionChange {
    const { raise, clear } = this.#windows;
    const areWell = [raise, clear].every((window) => {
      const mean = this.#meanOf(window);
      return mean !== undefined && isWell(this.rule, mean);
    });
    if (!areWell) return undefined;
    this.#isFiring = false;
    return 'clear';
  }

  #meanOf(window: WindowMean | undefined): number | undefined {
    return window === undefined ? this.#value : window.mean();
  }
}
