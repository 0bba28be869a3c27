import { LOW_IS_BAD } from '../../shared/config/default-rules.ts';
import type { NamedRule } from './rules.ts';

/** Whether a value is at the threshold that raises a rule, or beyond it. */
export function isBeyond({ kind, raise }: NamedRule, value: number): boolean {
  return LOW_IS_BAD.has(kind) ? value <= raise : value >= raise;
}

/** Whether a value is at the threshold that ends a rule's alert, or nearer to what is usual. */
export function isWell({ kind, clear }: NamedRule, value: number): boolean {
  return LOW_IS_BAD.has(kind) ? value >= clear : value <= clear;
}
