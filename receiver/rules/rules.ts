/**
 * Rules: what of the nodes' samples is worth telling. A pure machine: values and the time go in, changes come
 * out. Most kinds of rules go by the mean of a value over a window (`mean-condition.ts`):
 *
 *     ok ──mean beyond raise──▶ firing ──mean within clear──▶ ok
 *            (told: raise)                (told: clear)
 *
 * The others must find the value so at every look (`held-condition.ts`):
 *
 *     ok ──beyond raise──▶ pending ──for so long──▶ firing ──within clear──▶ clearing ──for so long──▶ ok
 *        ◀──within raise───         (told: raise)          ◀──beyond clear──          (told: clear)
 *
 * Invariants. Tests cite them by number.
 *
 * 1. For one key, `raise` and `clear` alternate, and begin with `raise`, unless it was restored as firing.
 * 2. Nothing is raised before as much time has been seen as the rule says, nor unless the mean over it, or every
 *    value of it, is beyond the threshold; and nothing is cleared unless that is well.
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
  /** The newest value. */
  readonly value: number;
  /** What the rule went by: the mean over its window, or the newest value where it has none. */
  readonly judged: number;
  /** Since when it is as the rule says, ms since 1970. */
  readonly sinceMs: number;
}

/** What a rule sees at present. */
export interface RuleState {
  readonly rule: string;
  readonly node: NodeName;
  readonly part: string | undefined;
  readonly state: 'ok' | 'pending' | 'firing';
  /**
   * What the rule goes by: the mean over its window, or the newest value while too little is known.
   */
  readonly value: number;
}
