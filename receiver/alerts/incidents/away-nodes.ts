import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Incident } from './incident.ts';
import { isRecoveryDue, type RecoveryRuleOptions } from './recovery-rule.ts';

/** A node that the administrator believes to be down. */
export interface AwayNode {
  readonly incident: Incident;
  /** Since when it is back, ms of the clock that never jumps; undefined while it is away. */
  readonly backSince: number | undefined;
  /** Whether its machine was started anew meanwhile; undefined while it is away for the first time. */
  readonly wasRebooted: boolean | undefined;
}

/** A thread of mails, and those of its nodes of which the administrator does not yet know that they are back. */
export interface AwayThread {
  readonly threadId: number;
  readonly nodes: ReadonlyMap<NodeName, AwayNode>;
}

/** The nodes that the administrator believes to be down, by thread. */
export interface AwayNodes {
  has(node: NodeName): boolean;
  /** Adds the node of an incident that was told. */
  add(incident: Incident): void;
  /** It is back. */
  setBack(node: NodeName, nowMs: number, wasRebooted: boolean): void;
  /** It went again before anybody was told that it was back. */
  setAway(node: NodeName): void;
  /** Threads that have something to tell now. */
  due(nowMs: number): readonly AwayThread[];
  /** It was told that it is back. */
  remove(node: NodeName): void;
}

/** Keeps track of them; costs nothing while nobody returns. */
export function awayNodes(rule: RecoveryRuleOptions): AwayNodes {
  const threads = new Map<number, Map<NodeName, AwayNode>>();
  const threadOf = new Map<NodeName, number>();
  /** Threads of which somebody may be back: the only ones to look at. */
  const returning = new Set<number>();

  function change(node: NodeName, next: (away: AwayNode) => AwayNode): number | undefined {
    const threadId = threadOf.get(node);
    const nodes = threadId === undefined ? undefined : threads.get(threadId);
    const away = nodes?.get(node);
    if (nodes === undefined || away === undefined) return undefined;
    nodes.set(node, next(away));
    return threadId;
  }

  function isDue({ threadId, nodes }: AwayThread, nowMs: number): boolean {
    const backSince = [...nodes.values()].map((away) => away.backSince);
    if (backSince.every((sinceMs) => sinceMs === undefined)) returning.delete(threadId);
    return isRecoveryDue(backSince, nowMs, rule);
  }

  return {
    has: (node) => threadOf.has(node),
    add(incident) {
      const { node, threadId } = incident;
      if (node === undefined || threadId === undefined) return;
      const nodes = threads.get(threadId) ?? new Map<NodeName, AwayNode>();
      threads.set(threadId, nodes.set(node, { incident, backSince: undefined, wasRebooted: undefined }));
      threadOf.set(node, threadId);
    },
    setBack(node, nowMs, wasRebooted) {
      const threadId = change(node, (away) => ({
        ...away,
        backSince: nowMs,
        // Restarted once is restarted, however often it came and went since.
        wasRebooted: wasRebooted || away.wasRebooted === true,
      }));
      if (threadId !== undefined) returning.add(threadId);
    },
    setAway: (node) => void change(node, (away) => ({ ...away, backSince: undefined })),
    due: (nowMs) =>
      [...returning]
        .map((threadId) => ({ threadId, nodes: threads.get(threadId) ?? new Map() }))
        .filter((thread) => isDue(thread, nowMs)),
    remove(node) {
      const threadId = threadOf.get(node);
      threadOf.delete(node);
      if (threadId === undefined) return;
      const nodes = threads.get(threadId);
      nodes?.delete(node);
      if (nodes?.size === 0) threads.delete(threadId);
    },
  };
}
