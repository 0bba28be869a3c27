import type { DeepReadonly } from './config.ts';
import { DEFAULT_RULES, LOW_IS_BAD, type RuleSettings } from './default-rules.ts';
import type { Problem } from './problems.ts';
import type { CheckedConfig } from './schema.ts';

type Configured = DeepReadonly<CheckedConfig['alerts']['rules']>;

/** The rules that hold: the default ones with what is configured of them, then the others. Those without a kind are left out. */
export function completeRules(configured: Configured): ReadonlyMap<string, RuleSettings> {
  const names = new Set([...Object.keys(DEFAULT_RULES), ...Object.keys(configured)]);
  const rules = new Map<string, RuleSettings>();
  for (const name of names) {
    const { kind, to, ...own } = configured[name] ?? {};
    const known = DEFAULT_RULES[name] ?? Object.values(DEFAULT_RULES).find((rule) => rule.kind === kind);
    if (known === undefined) continue;
    const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
    rules.set(name, { ...known, ...given, kind: kind ?? known.kind, ...(to && { to }) });
  }
  return rules;
}

/** What is wrong with the rules, taken together with their defaults. */
export function ruleRules({ alerts }: CheckedConfig): readonly Problem[] {
  const configured = alerts.rules;
  const nameless = Object.entries(configured)
    .filter(([name, { kind }]) => kind === undefined && !Object.hasOwn(DEFAULT_RULES, name))
    .map(([name]) => ({
      key: `alerts.rules.${name}.kind`,
      text:
        `alerts.rules.${name} is no default rule, so alerts.rules.${name}.kind must say what it looks at; ` +
        `default rules are ${Object.keys(DEFAULT_RULES).join(', ')}`,
    }));
  const crossed = [...completeRules(configured)]
    .filter(([, { kind, raise, clear }]) => (LOW_IS_BAD.has(kind) ? clear < raise : clear > raise))
    .map(([name, { kind, raise, clear }]) => ({
      key: `alerts.rules.${name}.clear`,
      text:
        `alerts.rules.${name}.clear is ${clear}, but must be ${LOW_IS_BAD.has(kind) ? 'at least' : 'at most'} ` +
        `alerts.rules.${name}.raise, which is ${raise}`,
    }));
  return [...nameless, ...crossed];
}
