/** What a rule looks at. */
export const RULE_KINDS = [
  'cpu',
  'memory',
  'swap',
  'load',
  'filesystem',
  'filesystem_hours_left',
  'inodes',
  'temperature',
  'pressure',
  'network_errors',
  'clock_skew',
  'reboot',
  'log_stopped',
  'receiver_disk',
] as const;

/** A kind of {@link RULE_KINDS}. */
export type RuleKind = (typeof RULE_KINDS)[number];

/** A rule with all its numbers. */
export interface RuleSettings {
  readonly kind: RuleKind;
  readonly enabled: boolean;
  /** Raised when the value is that or beyond. */
  readonly raise: number;
  /** Over when the value is that or nearer to what is usual. */
  readonly clear: number;
  /**
   * Windows whose mean must be so, or how long the value must be: docs/rules.md says for which
   * kinds.
   */
  readonly for_seconds: number;
  readonly clear_for_seconds: number;
  readonly severity: 'critical' | 'warning' | 'info';
  /** Names, patterns with `*` and `?`, or `tag:…`; empty: all nodes. */
  readonly nodes: readonly string[];
  /** Who is told; undefined: everybody. */
  readonly to?: readonly string[] | undefined;
}

function rule(
  kind: RuleKind,
  [raise, clear]: readonly [number, number],
  [forSeconds, clearForSeconds]: readonly [number, number],
  severity: RuleSettings['severity'] = 'warning',
): RuleSettings {
  return {
    ...{ kind, enabled: true, raise, clear, severity, nodes: [] },
    for_seconds: forSeconds,
    clear_for_seconds: clearForSeconds,
  };
}

/** The rules that hold when the configuration says nothing. Thresholds that people are woken by, not ones that draw the eye. */
export const DEFAULT_RULES: Readonly<Record<string, RuleSettings>> = {
  cpu: rule('cpu', [0.95, 0.85], [900, 60]),
  memory: rule('memory', [0.95, 0.9], [120, 60]),
  swap: rule('swap', [0.8, 0.6], [300, 60]),
  load: rule('load', [4, 3], [900, 60]),
  filesystem: rule('filesystem', [0.9, 0.88], [60, 60]),
  'filesystem-critical': rule('filesystem', [0.97, 0.95], [60, 60], 'critical'),
  'filesystem-24h': rule('filesystem_hours_left', [24, 36], [1800, 1800]),
  'filesystem-4h': rule('filesystem_hours_left', [4, 8], [600, 1800], 'critical'),
  inodes: rule('inodes', [0.9, 0.88], [60, 60]),
  temperature: rule('temperature', [85, 78], [60, 60]),
  pressure: rule('pressure', [0.6, 0.4], [900, 120]),
  'network-errors': rule('network_errors', [10, 1], [300, 300]),
  'clock-skew': rule('clock_skew', [60, 30], [120, 120]),
  reboot: rule('reboot', [1, 0], [0, 0]),
  'log-stopped': rule('log_stopped', [60, 10], [0, 0]),
  'receiver-disk': rule('receiver_disk', [0.95, 0.92], [60, 60], 'critical'),
};

/** Kinds whose trouble is a small value. */
export const LOW_IS_BAD: ReadonlySet<RuleKind> = new Set(['filesystem_hours_left']);
