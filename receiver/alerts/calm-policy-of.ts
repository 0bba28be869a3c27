import type { Config } from '../../shared/config/config.ts';
import { CALM_POLICY, type CalmPolicy, type SeverityBehaviour } from './incidents/calm-policy.ts';
import type { Severity } from './incidents/incident.ts';
import { minuteOfDay, type QuietHours } from './incidents/quiet-hours.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

type AlertsConfig = Config['alerts'];

/** How the administrator's peace is kept, from the configuration. */
export function calmPolicyOf(alerts: AlertsConfig): CalmPolicy {
  const { flapping } = alerts;
  return {
    ...CALM_POLICY,
    severities: {
      critical: behaviourOf(alerts, 'critical'),
      warning: behaviourOf(alerts, 'warning'),
      info: behaviourOf(alerts, 'info'),
    },
    flapping: {
      times: flapping.times,
      windowMs: flapping.window_minutes * MINUTE_MS,
      quietMs: flapping.quiet_minutes * MINUTE_MS,
    },
    quietHours: quietHoursOf(alerts),
    historyMs: alerts.history_days * 24 * HOUR_MS,
  };
}

function behaviourOf({ severities }: AlertsConfig, severity: Severity): SeverityBehaviour {
  const behaviour = severities[severity];
  return {
    isSent: behaviour.send,
    isRecoverySent: behaviour.send_recovery,
    gatherMs: behaviour.gather_seconds * 1000,
    remindersMs: behaviour.reminder_hours.map((hours) => hours * HOUR_MS),
  };
}

function quietHoursOf({ quiet_hours: quiet }: AlertsConfig): QuietHours | undefined {
  const { from, to, time_zone: timeZone, severities } = quiet;
  if (from === undefined || to === undefined) return undefined;
  return { fromMinute: minuteOfDay(from), toMinute: minuteOfDay(to), timeZone, severities };
}
