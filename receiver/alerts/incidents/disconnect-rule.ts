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
  /** No grace ends before this moment: not those that run, nor those that begin until then. */
  hold(untilMs: number): void;
  /** The node is back, or was told of. */
  forget(node: NodeName): void;
  /** The group that is complete now; empty while there is none. The same again until its nodes are forgotten. */
  due(nowMs: number): readonly NodeName[];
  /** How long after it went a lone node is due, ms. */
  readonly soonestMs: number;
}

/** How long a lone node waits for others at most when its grace is shorter than the window, ms. */
const QUICK_MS = 150;

/**
 * The rule: a node that stays away for the grace is told of, together with those that went at about the same time.
 *
 * Grouping costs a lone node nothing: when its grace ends, every other one whose grace ends within `groupMs` is known
 * already, because it must have gone before. With a grace shorter than that somebody is in a hurry: the first that goes is
 * told of almost at once, and only those that follow it wait for each other.
 */
export function createDisconnectRule(options: DisconnectRuleOptions): DisconnectRule {
  const { graceMs, groupMs, longestGroupMs } = options;
  // In the order in which the graces end, since all are equally long or held together: looking at the first is enough.
  const graceEnds = new Map<NodeName, number>();
  let heldUntilMs = Number.NEGATIVE_INFINITY;
  /** The group that was due last: when its first and its last grace ended. */
  let group = { firstMs: Number.NEGATIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY };

  /** How long the group that begins with this end waits for nodes that nobody knows of yet. */
  function patienceMs(firstMs: number): number {
    const unknownMs = Math.max(0, groupMs - graceMs);
    const isFollower = firstMs !== group.firstMs && firstMs <= group.lastMs + longestGroupMs;
    return isFollower ? unknownMs : Math.min(unknownMs, QUICK_MS);
  }

  /** When the group that begins with this end is complete. */
  function completeAt(firstMs: number): number {
    let lastMs = firstMs + patienceMs(firstMs);
    for (const endMs of graceEnds.values()) {
      if (endMs > lastMs + groupMs || endMs > firstMs + longestGroupMs) break;
      lastMs = Math.max(lastMs, endMs);
    }
    return lastMs;
  }

  return {
    watch(node, nowMs) {
      graceEnds.delete(node);
      graceEnds.set(node, Math.max(nowMs + graceMs, heldUntilMs));
    },
    hold(untilMs) {
      heldUntilMs = Math.max(heldUntilMs, untilMs);
      for (const [node, endMs] of graceEnds) graceEnds.set(node, Math.max(endMs, heldUntilMs));
    },
    forget: (node) => void graceEnds.delete(node),
    soonestMs: graceMs + Math.min(Math.max(0, groupMs - graceMs), QUICK_MS),
    due(nowMs) {
      const { value: firstMs } = graceEnds.values().next();
      if (firstMs === undefined || firstMs > nowMs || completeAt(firstMs) > nowMs) return [];
      const due: NodeName[] = [];
      for (const [node, endMs] of graceEnds) {
        if (endMs > nowMs) break;
        group = { firstMs, lastMs: endMs };
        due.push(node);
      }
      return due;
    },
  };
}
