import type { NodeName } from '../../../shared/names/node-name.ts';

/** How much it matters: `critical` needs somebody now, `warning` soon, `info` not at all. */
export type Severity = 'critical' | 'warning' | 'info';

/**
 * How far the administrator was told. Only ever moves forward, and only in the transaction that queues the message:
 * `nothing` → `opening` (knows that it began) → `end` (knows that it is over, or never needs to).
 */
export type Told = 'nothing' | 'opening' | 'end';

/** Somebody knows of it and takes care. */
export interface Acknowledgement {
  /** ms since 1970. */
  readonly atMs: number;
  /** Who, in their own words. */
  readonly by: string;
  /** What they have to say about it; empty as a rule. */
  readonly note: string;
}

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
  /** Who is told, where that is not everybody; addresses. */
  readonly to: readonly string[] | undefined;
  /** ms since 1970. */
  readonly openedMs: number;
  /** ms since 1970; undefined while it is open, which it is until its end was told. */
  readonly endedMs: number | undefined;
  readonly told: Told;
  /** The thread of its mails; undefined while nothing was told. */
  readonly threadId: number | undefined;
  /** Whether what it is about is so at present. Of one that flaps, or whose end is about to be told, it may not be. */
  readonly isFiring: boolean;
  /** When that last changed, ms since 1970. */
  readonly changedMs: number;
  /** When it began, ms since 1970, newest last: here and in earlier incidents with this key, as far as flapping counts them. */
  readonly fires: readonly number[];
  /** How often it began in all, those included that made it flapping. */
  readonly count: number;
  /** It comes and goes so often that single changes are no longer told. */
  readonly isFlapping: boolean;
  /** Whether the administrator knows that it flaps. */
  readonly isFlappingTold: boolean;
  /** How bad it is as far as the administrator knows. */
  readonly toldSeverity: Severity | undefined;
  /** When the last message was queued, ms since 1970. */
  readonly toldMs: number | undefined;
  /** Reminders sent. */
  readonly reminders: number;
  readonly acknowledged: Acknowledgement | undefined;
  /** The silence that kept something of it from being told. */
  readonly silenceId: number | undefined;
  /** Waits for the end of the quiet hours. */
  readonly isHeld: boolean;
}

/** A new incident, not yet numbered. */
export type NewIncident = Omit<Incident, 'id'>;
