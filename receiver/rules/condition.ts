import type { NamedRule } from './rules.ts';

/** What one look at a value changed. */
export type ConditionChange = 'raise' | 'clear' | undefined;

/** One rule on one part of one node, with its memory of a few numbers. */
export interface Condition {
  readonly rule: NamedRule;
  readonly part: string | undefined;
  readonly state: 'ok' | 'pending' | 'firing';
  /** The value that was looked at last; NaN before the first. */
  readonly value: number;
  /**
   * What the rule judges: the mean, where it goes by one and enough is known, or else the value.
   */
  readonly judged: number;
  /** Looks at the present value. @param nowMs ms since 1970 */
  take(value: number, nowMs: number): ConditionChange;
}
