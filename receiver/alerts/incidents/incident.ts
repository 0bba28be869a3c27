import type { NodeName } from '../../../shared/names/node-name.ts';

/** How much it matters: `critical` needs somebody now, `warning` soon, `info` not at all. */
export type Severity = 'critical' | 'warning' | 'info';

/**
 * How far the administrator was told. Only ever moves forward, and only in the transaction that queues the message:
 * `nothing` → `opening` (knows that it began) → `end` (knows that it is over).
 */
export type Told = 'nothing' | 'opening' | 'end';

/** An alert from firing to resolved. */
export interface Incident {
  readonly id: number;
  /** What it is about; at most one open incident has it. */
  readonly key: string;
  readonly rule: 'disconnect' | 'problem';
  readonly node: NodeName | undefined;
  readonly severity: Severity;
  /** One line; may hold text from outside. */
  readonly title: string;
  /** More of it; may hold text from outside. */
  readonly detail: string;
  /** ms since 1970. */
  readonly openedMs: number;
  /** ms since 1970; undefined while it lasts. */
  readonly endedMs: number | undefined;
  readonly told: Told;
  /** The thread of its mails; undefined while nothing was told. */
  readonly threadId: number | undefined;
}
