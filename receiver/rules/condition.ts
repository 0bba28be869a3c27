import { LOW_IS_BAD } from '../../shared/config/default-rules.ts';
import type { NamedRule } from './rules.ts';

/** What one look at a value changed. */
export type ConditionChange = 'raise' | 'clear' | undefined;

/** One rule on one part of one node, with its memory of a few numbers. */
export class Condition {
  readonly rule: NamedRule;
  readonly part: string | undefined;
  readonly #isLowBad: boolean;
  #phase: 'ok' | 'pending' | 'firing' | 'clearing';
  #sinceMs = 0;
  #value = Number.NaN;

  /** @param isFiring whether it was raised before this program was started */
  constructor(rule: NamedRule, part: string | undefined, isFiring: boolean) {
    this.rule = rule;
    this.part = part;
    this.#isLowBad = LOW_IS_BAD.has(rule.kind);
    this.#phase = isFiring ? 'firing' : 'ok';
  }

  /** The value that was looked at last. */
  get value(): number {
    return this.#value;
  }

  /** When the present phase began, ms since 1970. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  get state(): 'ok' | 'pending' | 'firing' {
    return this.#phase === 'clearing' ? 'firing' : this.#phase;
  }

  /** Looks at the present value. */
  take(value: number, nowMs: number): ConditionChange {
    this.#value = value;
    const { raise, clear, for_seconds: forSeconds, clear_for_seconds: clearForSeconds } = this.rule;
    switch (this.#phase) {
      case 'ok':
        if (!this.#isBeyond(value, raise)) return undefined;
        this.#turn('pending', nowMs);
        return this.#afterPending(nowMs, forSeconds);
      case 'pending':
        if (this.#isBeyond(value, raise)) return this.#afterPending(nowMs, forSeconds);
        this.#turn('ok', nowMs);
        return undefined;
      case 'firing':
        if (!this.#isWell(value, clear)) return undefined;
        this.#turn('clearing', nowMs);
        return this.#afterClearing(nowMs, clearForSeconds);
      case 'clearing':
        if (this.#isWell(value, clear)) return this.#afterClearing(nowMs, clearForSeconds);
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

  #isBeyond(value: number, raise: number): boolean {
    return this.#isLowBad ? value <= raise : value >= raise;
  }

  #isWell(value: number, clear: number): boolean {
    return this.#isLowBad ? value >= clear : value <= clear;
  }
}
