import type { Config } from '../../shared/config/config.ts';
import { completeRules } from '../../shared/config/rule-rules.ts';
import type { Tags } from './concerns.ts';
import type { NamedRule } from './rules.ts';

/** The rules that hold, each with all its numbers; plain data, which can be sent to a thread. */
export function rulesOfConfig({ alerts }: Config): readonly NamedRule[] {
  return [...completeRules(alerts.rules)].map(([name, rule]) => ({ ...rule, name }));
}

/** Tags by node. */
export function tagsOfConfig({ nodes }: Config): Tags {
  return Object.fromEntries(Object.entries(nodes).map(([name, { tags }]) => [name, [...tags]]));
}
