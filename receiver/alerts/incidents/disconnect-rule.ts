import type { NodeName } from '../../../shared/names/node-name.ts';

/** Options of {@link createDisconnectRule}. */
export interface DisconnectRuleOptions {
  /** How long a node may be away before anybody is told, ms. */
  readonly graceMs: number;
  /** Nodes whose grace ends at most so far apart are told of together, ms. */
  readonly groupMs: number;
  /** How long the first of a group waits for the others at most, ms. */
  readonly longestGroupMs: number;
}

/** Which nodes are away, and of which it is time to tell. Times are of the clock that never jumps. */
export interface DisconnectRule {
  /** The grace of this node begins now, anew if it had begun. */
  watch(node: NodeName, nowMs: number): void;
  /** The node is back, or was told of. */
  forget(node: NodeName): void;
  /** The group that is complete now; empty while there is none. The same again until its nodes are forgotten. */
  due(nowMs: number): readonly NodeName[];
}

/**
 * The rule: a node that stays away for the grace is told of, together with those that went at about the same time.
 *
 * Grouping costs a lone node nothing: when its grace ends, every other one whose grace ends within `groupMs` is known
 * already, because it must have gone before (unless the grace is shorter than that; then it waits for the difference).
 */
export function createDisconnectRule(options: DisconnectRuleOptions): DisconnectRule {
  const { graceMs, groupMs, longestGroupMs } = options;
  // In the order in which the graces end, since all are equally long: looking at the first is enough.
  const graceEnds = new Map<NodeName, number>();

  /** When the group that begins with this end is complete. */
  function completeAt(firstMs: number): number {
    let lastMs = firstMs + Math.max(0, groupMs - graceMs);
    for (const endMs of graceEnds.values()) {
      if (endMs > lastMs + groupMs || endMs > firstMs + longestGroupMs) break;
      lastMs = Math.max(lastMs, endMs);
    }
    return lastMs;
  }

  return {
    watch(node, nowMs) {
      graceEnds.delete(node);
      graceEnds.set(node, nowMs + graceMs);
    },
    forget: (node) => void graceEnds.delete(node),
    due(nowMs) {
      const { value: firstMs } = graceEnds.values().next();
      if (firstMs === undefined || firstMs > nowMs || completeAt(firstMs) > nowMs) return [];
      const group: NodeName[] = [];
      for (const [node, endMs] of graceEnds) {
        if (endMs > nowMs) break;
        group.push(node);
      }
      return group;
    },
  };
}
