/**
 * Rules: what of the nodes' samples is worth telling. A pure machine: values and the time go in, changes come out.
 *
 *     ok ──beyond raise──▶ pending ──for so long──▶ firing ──within clear──▶ clearing ──for so long──▶ ok
 *        ◀──within raise───         (told: raise)          ◀──beyond clear──          (told: clear)
 *
 * Invariants. Tests cite them by number.
 *
 * 1. For one key, `raise` and `clear` alternate, and begin with `raise`, unless it was restored as firing.
 * 2. Nothing is raised before the value has been beyond the threshold for as long as the rule says, and nothing is cleared
 *    before it has been well for as long as it says.
 * 3. Silence says nothing: without values every state stays as it is. A part that is gone while its node goes on reporting
 *    (a file system that was unmounted) is over after a while.
 * 4. Values come from outside. There are at most so many parts of a node that are watched; the others are passed over.
 */

import type { RuleSettings } from '../../shared/config/default-rules.ts';
import type { NodeName } from '../../shared/names/node-name.ts';

/** A rule under its name. */
export interface NamedRule extends RuleSettings {
  readonly name: string;
}

/** What a rule says anew. */
export interface RuleChange {
  readonly kind: 'raise' | 'clear';
  /** `rule:node:part`; the part is left out where there is none. */
  readonly key: string;
  readonly rule: NamedRule;
  readonly node: NodeName;
  /** Mount point, interface, sensor. */
  readonly part: string | undefined;
  readonly value: number;
  /** When it went beyond, or was well again, ms since 1970. */
  readonly sinceMs: number;
}

/** What a rule sees at present. */
export interface RuleState {
  readonly rule: string;
  readonly node: NodeName;
  readonly part: string | undefined;
  readonly state: 'ok' | 'pending' | 'firing';
  readonly value: number;
}
