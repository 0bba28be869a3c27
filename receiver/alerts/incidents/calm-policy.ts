import type { Severity } from './incident.ts';
import type { QuietHours } from './quiet-hours.ts';
import type { RecoveryRuleOptions } from './recovery-rule.ts';

/** What is done about incidents of one severity. */
export interface SeverityBehaviour {
  /** Without it such incidents are only kept in the history. */
  readonly isSent: boolean;
  /** Whether their end is told. */
  readonly isRecoverySent: boolean;
  /** How long problems are gathered into one message, ms. */
  readonly gatherMs: number;
  /** When to remind of what lasts, each since the message before, ms; the last repeats. Empty: never. */
  readonly remindersMs: readonly number[];
}

/** When what comes and goes counts as flapping. */
export interface FlappingRule {
  /** How often it must begin. */
  readonly times: number;
  /** Within this, ms. */
  readonly windowMs: number;
  /** How long nothing must change for it to be over, ms. */
  readonly quietMs: number;
}

/** How the administrator's peace is kept. */
export interface CalmPolicy extends RecoveryRuleOptions {
  readonly severities: Readonly<Record<Severity, SeverityBehaviour>>;
  readonly flapping: FlappingRule;
  readonly quietHours?: QuietHours | undefined;
  /** How long incidents that are over are kept, ms. */
  readonly historyMs: number;
}

const HOUR_MS = 3_600_000;

/** The defaults of {@link CalmPolicy}, the same as those of config.json. */
export const CALM_POLICY: CalmPolicy = {
  severities: {
    critical: {
      isSent: true,
      isRecoverySent: true,
      gatherMs: 2_000,
      remindersMs: [4 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS],
    },
    warning: { isSent: true, isRecoverySent: true, gatherMs: 2_000, remindersMs: [24 * HOUR_MS] },
    info: { isSent: true, isRecoverySent: false, gatherMs: 60_000, remindersMs: [] },
  },
  flapping: { times: 4, windowMs: HOUR_MS, quietMs: HOUR_MS / 2 },
  settleMs: 2_000,
  digestMs: 15_000,
  historyMs: 365 * 24 * HOUR_MS,
};
