import { z } from 'zod';
import type { ControlHandlers } from '../shared/control/serve-client.ts';
import { UserError } from '../shared/errors/errors.ts';
import type { NodeName } from '../shared/names/node-name.ts';
import { systemClock } from '../shared/time/clock.ts';
import { checkPattern } from './alerts/check-pattern.ts';
import { describeIncident, describeSilence, isCurrent } from './alerts/describe-incident.ts';
import { matchesGlob } from './alerts/glob.ts';
import type { Receiver } from './receiver.ts';
import { rulesOfConfig } from './rules/rules-of-config.ts';

const YEAR_MS = 366 * 86_400_000;

/** Alerts of the past that are looked at: for events of the last day, and for what a silence may name. */
const MAX_HISTORY = 1000;

const text = (max: number) => z.string().max(max);
const pattern = z.string().trim().min(1).max(20_000);
const LIST = z.object({ limit: z.int().min(1).max(20_000).default(100), all: z.boolean().default(false) });
const ACKNOWLEDGE = z.object({
  ids: z.array(z.int().min(1)).min(1).max(1000),
  by: text(100),
  note: text(1000),
});
const SILENCE = z.object({
  pattern,
  for_ms: z.number().min(1000).max(YEAR_MS),
  why: text(1000),
  by: text(100),
});
const END_SILENCE = z.object({ id: z.int().min(1) });
const PLANNED_OFF = z.object({ pattern, until_ms: z.number().optional(), why: text(1000) });
const PLANNED_ON = z.object({ pattern });

/** What can be asked of a running receiver about its alerts, and about what is nobody's trouble. */
export function alertControl(running: () => Receiver): ControlHandlers {
  return {
    alerts: async (args) => {
      const { limit, all } = LIST.parse(args);
      const { incidents } = running().alerts;
      const open = incidents.open();
      if (all) {
        const unwritten = open.filter(({ id }) => id < 1);
        return [...unwritten, ...incidents.history(limit)].slice(0, limit).map(describeIncident);
      }
      const past = incidents.history(MAX_HISTORY).filter(({ endedMs }) => endedMs !== undefined);
      const nowMs = systemClock.now();
      return [...open, ...past].map(describeIncident).filter((alert) => isCurrent(alert, nowMs));
    },
    'ack-alerts': async (args) => {
      const { ids, by, note } = ACKNOWLEDGE.parse(args);
      const { incidents } = running().alerts;
      return ids.map((id) => {
        const incident = incidents.acknowledge(id, { atMs: systemClock.now(), by, note });
        if (incident === undefined) throw noIncident(id);
        return describeIncident(incident);
      });
    },
    silence: async (args) => {
      const { pattern, for_ms: forMs, why, by } = SILENCE.parse(args);
      const receiver = running();
      const { incidents, silences } = receiver.alerts;
      const matches = checkPattern(pattern, {
        nodes: [
          ...receiver.fleet.nodes().map(({ name }) => name),
          ...receiver.admission.credentials().map(({ node }) => node),
        ],
        rules: rulesOfConfig(receiver.config).map(({ name }) => name),
        alerts: [...incidents.open(), ...incidents.history(MAX_HISTORY)],
      });
      return { ...describeSilence(silences.begin({ pattern, forMs, why, by })), matches };
    },
    silences: async () => running().alerts.silences.active().map(describeSilence),
    'end-silence': async (args) => running().alerts.silences.end(END_SILENCE.parse(args).id),
    'planned-off': async (args) => {
      const { pattern, until_ms: untilMs, why } = PLANNED_OFF.parse(args);
      const nowMs = systemClock.now();
      if (untilMs !== undefined && untilMs <= nowMs) {
        throw new UserError('USAGE', `${new Date(untilMs).toISOString()} is over already`);
      }
      const names = namesOf(running(), pattern);
      running().fleet.planOff(names, { sinceMs: nowMs, untilMs, why });
      return names;
    },
    'planned-on': async (args) => {
      const names = namesOf(running(), PLANNED_ON.parse(args).pattern);
      running().fleet.planOff(names, undefined);
      return names;
    },
  };
}

/** The nodes that a pattern names. @throws UserError `NODE_UNKNOWN` when there are none */
function namesOf({ fleet }: Receiver, pattern: string): readonly NodeName[] {
  const names = fleet
    .nodes()
    .map(({ name }) => name)
    .filter((name) => matchesGlob(pattern, name) || matchesGlob(pattern, `node-${name}`));
  if (names.length > 0) return names;
  throw new UserError('NODE_UNKNOWN', `no node is called ${pattern}`, {
    hint: 'fleetkeep-receiver nodes lists those that there are.',
  });
}

function noIncident(id: number): UserError {
  return new UserError('ALERT_UNKNOWN', `there is no alert ${id}, or it is over`, {
    hint: 'fleetkeep-receiver alerts lists those that there are.',
  });
}
