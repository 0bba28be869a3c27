import type { Condition, ConditionChange } from './condition.ts';
import type { NamedRule } from './rules.ts';
import { isBeyond, isWell } from './thresholds.ts';

/**
 * A rule for whose value a mean means nothing: it must be beyond the threshold at every look for as
 * long as the rule says.
 */
export class HeldCondition implements Condition {
  readonly rule: NamedRule;
  readonly part: string | undefined;
  #phase: 'ok' | 'pending' | 'firing' | 'clearing';
  #sinceMs = 0;
  #value = Number.NaN;

  /** @param isFiring whether it was raised before this program was started */
  constructor(rule: NamedRule, part: string | undefined, isFiring: boolean) {
    this.rule = rule;
    this.part = part;
    this.#phase = isFiring ? 'firing' : 'ok';
  }

  get value(): number {
    return this.#value;
  }

  get judged(): number {
    return this.#value;
  }

  get state(): 'ok' | 'pending' | 'firing' {
    return this.#phase === 'clearing' ? 'firing' : this.#phase;
  }

  take(value: number, nowMs: number): ConditionChange {
    this.#value = value;
    const { for_seconds: forSeconds, clear_for_seconds: clearForSeconds } = this.rule;
    switch (this.#phase) {
      case 'ok':
        if (!isBeyond(this.rule, value)) return undefined;
        this.#turn('pending', nowMs);
        return this.#afterPending(nowMs, forSeconds);
      case 'pending':
        if (isBeyond(this.rule, value)) return this.#afterPending(nowMs, forSeconds);
        this.#turn('ok', nowMs);
        return undefined;
      case 'firing':
        if (!isWell(this.rule, value)) return undefined;
        this.#turn('clearing', nowMs);
        return this.#afterClearing(nowMs, clearForSeconds);
      case 'clearing':
        if (isWell(this.rule, value)) return this.#afterClearing(nowMs, clearForSeconds);
        this.#phase = 'firing';
        return undefined;
      default:
        return this.#phase satisfies never;
    }
  }

  #afterPending(nowMs: number, seconds: number): ConditionChange {
    if (nowMs - this.#sinceMs < seconds * 1000) return undefined;
    this.#phase = 'firing';
    return 'raise';
  }

  #afterClearing(nowMs: number, seconds: number): ConditionChange {
    if (nowMs - this.#sinceMs < seconds * 1000) return undefined;
    this.#phase = 'ok';
    return 'clear';
  }

  #turn(phase: 'ok' | 'pending' | 'clearing', nowMs: number): void {
    this.#phase = phase;
    this.#sinceMs = nowMs;
  }
}
