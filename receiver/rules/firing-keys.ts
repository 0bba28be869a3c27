import type { RuleKind } from '../../shared/config/default-rules.ts';
import type { Alerts } from '../alerts/alerts.ts';
import type { NamedRule } from './rules.ts';

/** Kinds that the receiver itself looks after; no sample says anything of them. */
export const RECEIVER_KINDS: ReadonlySet<RuleKind> = new Set(['reboot', 'log_stopped', 'receiver_disk']);

/** The keys of all problems that are not over; what rules have raised is among them. */
export function firingKeys({ incidents }: Pick<Alerts, 'incidents'>): readonly string[] {
  return incidents.open().flatMap(({ rule, key, isFiring }) => (rule === 'problem' && isFiring ? [key] : []));
}

/** Those of them that rules about samples have raised, also rules that are no more. */
export function firingOfSamples(keys: readonly string[], rules: readonly NamedRule[]): readonly string[] {
  const others = new Set(rules.filter(({ kind }) => RECEIVER_KINDS.has(kind)).map(({ name }) => name));
  // Other parts of the receiver name their problems without a colon behind the first word.
  return keys.filter((key) => {
    const name = /^([a-z][a-z0-9-]*):/.exec(key)?.[1];
    return name !== undefined && !others.has(name);
  });
}
