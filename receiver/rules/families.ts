import type { RuleKind } from '../../shared/config/default-rules.ts';
import type { NamedRule } from './rules.ts';

/** Where the condition of the clock stands among the series. */
export const CLOCK = 'the clock';

/** Which series a kind looks at; what comes after a colon is the part. */
const SERIES: Readonly<Partial<Record<RuleKind, readonly string[]>>> = {
  cpu: ['cpu.used'],
  memory: ['mem.ratio'],
  swap: ['swap.ratio'],
  load: ['load.per_cpu'],
  filesystem: ['fs.ratio:'],
  filesystem_hours_left: ['fs.ratio:'],
  inodes: ['fs.inodes:'],
  temperature: ['temp:'],
  pressure: ['psi.cpu', 'psi.mem', 'psi.io'],
  network_errors: ['net.errors:'],
  clock_skew: [CLOCK],
};

/** Rules by the family of series that they look at. */
export type RulesByFamily = ReadonlyMap<string, readonly NamedRule[]>;

/** Groups rules by what they look at. */
export function groupByFamily(rules: readonly NamedRule[]): RulesByFamily {
  const byFamily = new Map<string, NamedRule[]>();
  for (const rule of rules) {
    for (const family of SERIES[rule.kind] ?? [])
      byFamily.set(family, [...(byFamily.get(family) ?? []), rule]);
  }
  return byFamily;
}

/** Whether a rule looks at a family of series. */
export function looksAt({ kind }: NamedRule, family: string): boolean {
  return SERIES[kind]?.includes(family) === true;
}

/** The series itself, or what stands before its part, with the colon. */
export function familyOf(series: string): string {
  const colon = series.indexOf(':');
  return colon < 0 ? series : series.slice(0, colon + 1);
}
