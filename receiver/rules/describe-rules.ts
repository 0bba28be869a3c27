import type { NamedRule, RuleState } from './rules.ts';

/** Rules and what they see, as the web app shows them. */
export function describeRules(rules: readonly NamedRule[], states: readonly RuleState[]) {
  return {
    rules: rules.map(({ name, kind, severity, raise, clear, for_seconds: forSeconds, enabled }) => ({
      ...{ name, kind, severity, raise, clear, forSeconds, enabled },
    })),
    states: states.map(({ rule, node, part, state, value }) => ({ rule, node, object: part, state, value })),
  };
}
