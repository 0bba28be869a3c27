import type { Position } from '../../shared/log/position.ts';
import type { NodeName } from '../../shared/names/node-name.ts';

/**
 * How a connection ended. `goodbye`: the sender stopped in an orderly way; `closed`: the other end closed without a word;
 * `replaced`: the same log connected again; `refused`: the receiver ended it with REFUSED; `error`: a fault of the receiver.
 */
export type HowEnded = 'closed' | 'reset' | 'timed_out' | 'goodbye' | 'replaced' | 'refused' | 'error';

/**
 * The end of a node's last connection; `receiver_away`: nobody saw it, because the receiver itself was not running;
 * `planned_off`: it was planned, and the time for it is over.
 */
export interface ConnectionEnd {
  readonly how: Exclude<HowEnded, 'replaced'> | 'receiver_away' | 'planned_off';
  /** In the words of whoever ended it; text from outside. */
  readonly reason?: string | undefined;
}

/**
 * What the receiver knows of a node's presence. `late`: its connection ended, the grace is running; `down`: the grace is
 * over; `unknown`: the receiver was away and the node has not yet come back to it. `sinceMs` is ms since 1970: of `down`,
 * the moment the node was lost, not the moment the grace ended. `planned_off`: it is away, as the operator said it would be.
 */
export type NodeState =
  | { readonly kind: 'up'; readonly sinceMs: number }
  | { readonly kind: 'late'; readonly sinceMs: number; readonly end: ConnectionEnd }
  | { readonly kind: 'down'; readonly sinceMs: number; readonly end: ConnectionEnd }
  | { readonly kind: 'unknown'; readonly sinceMs: number }
  | { readonly kind: 'planned_off'; readonly sinceMs: number };

/** What the operator said: the node will be off, and that is nobody's trouble. */
export interface PlannedOff {
  /** When it was said, ms since 1970. */
  readonly sinceMs: number;
  /** Until when, ms since 1970; undefined: until it connects again. */
  readonly untilMs: number | undefined;
  /** Why; may be empty. */
  readonly why: string;
}

/** What a sender says of itself when it connects. `hostName`, `bootId` and `version` are text from outside. */
export interface NodeIdentity {
  readonly logId: string;
  readonly hostName: string;
  /** The address it connected from. */
  readonly address: string;
  readonly bootId: string;
  /** Of the sender. */
  readonly version: string;
  /** Between two samples. */
  readonly sleeptimeSeconds: number;
}

/** A node as the fleet remembers it. */
export interface NodeRecord extends NodeIdentity {
  readonly name: NodeName;
  readonly state: NodeState;
  /** When it was last heard of, ms since 1970. */
  readonly lastSeenMs: number;
  /** How far the receiver's copy of its log is; undefined before the first byte. */
  readonly position: Position | undefined;
  /** Undefined as a rule. Of a node that is up: it is about to go. */
  readonly plannedOff?: PlannedOff | undefined;
}
