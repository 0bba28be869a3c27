import { formatCount, formatDuration, formatValue, UNKNOWN } from '../../text/format-value.ts';

const HOUR_MS = 3_600_000;

/** A value or a threshold of a rule, in the unit of its kind; one of a kind that this client does not know is a bare number. */
export function formatRuleValue(kind: string, value: number | string | null | undefined): string {
  if (typeof value !== 'number') return value ?? UNKNOWN;
  switch (kind) {
    case 'cpu':
    case 'memory':
    case 'swap':
    case 'filesystem':
    case 'inodes':
    case 'pressure':
    case 'receiver_disk':
      return formatValue(value, 'ratio');
    case 'temperature':
      return formatValue(value, 'celsius');
    case 'filesystem_hours_left':
      return formatDuration(value * HOUR_MS);
    case 'network_errors':
      return formatValue(value, '1/s');
    case 'clock_skew':
    case 'log_stopped':
      return formatValue(value, 'seconds');
    case 'load':
      return `${formatCount(value)} per processor`;
    case 'reboot':
      return UNKNOWN;
    default:
      return formatCount(value);
  }
}
