import { statfs } from 'node:fs/promises';
import type { Logger } from '../../shared/logging/logger.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { type Clock, systemClock } from '../../shared/time/clock.ts';
import { every } from '../../shared/time/every.ts';
import type { Alerts, Problem } from '../alerts/alerts.ts';
import type { Fleet, FleetChange } from '../fleet/fleet.ts';
import type { NodeRecord } from '../fleet/node-record.ts';
import type { Condition } from './condition.ts';
import { HeldCondition } from './held-condition.ts';
import { problemOf } from './problem-of.ts';
import { keyOf } from './rule-engine.ts';
import type { NamedRule } from './rules.ts';
import { WatchedSeries } from './watched-series.ts';

/** Options of {@link watchReceiver}. */
export interface WatchReceiverOptions {
  readonly rules: readonly NamedRule[];
  readonly concerns: (rule: NamedRule, node: NodeName) => boolean;
  readonly fleet: Pick<Fleet, 'nodes' | 'onChange'>;
  readonly alerts: Pick<Alerts, 'raise' | 'clear' | 'report'>;
  /** The directory whose disk fills. */
  readonly directory: string;
  /** Keys of what was raised before, and is not over. */
  readonly firing: readonly string[];
  readonly log: Logger;
  readonly clock?: Clock | undefined;
}

/** How often the disk and the connected nodes are looked at, ms. */
const LOOK_MS = 5_000;

/** A connected node is given so many of its own intervals. */
const INTERVALS = 10;

/** The rules about what no sample says: nodes that are connected and silent, machines that were restarted, the receiver's own disk. */
export function watchReceiver(options: WatchReceiverOptions): AsyncDisposable {
  const { fleet, alerts, concerns, directory, log } = options;
  const clock = options.clock ?? systemClock;
  const rules = options.rules.filter(({ enabled }) => enabled);
  const ofKind = (kind: NamedRule['kind']) => rules.filter((rule) => rule.kind === kind);
  const firing = new Set(options.firing);
  const held = new Map<string, Condition>();
  const heard = new Map<NodeName, { readonly lastSeenMs: number; readonly atMs: number }>();
  const disks = ofKind('receiver_disk').map((rule) => ({
    rule,
    series: new WatchedSeries([rule], undefined, () => firing.delete(rule.name)),
  }));
  let lookedMs = clock.monotonic();
  const watching = fleet.onChange(tellReboot);

  function tellReboot({ node, before }: FleetChange): void {
    if (before === undefined || before.bootId === node.bootId) return;
    // A machine that is shut down has its sender say goodbye.
    const end = 'end' in before.state ? before.state.end : undefined;
    if (end?.how === 'goodbye') return;
    for (const rule of ofKind('reboot').filter((one) => concerns(one, node.name))) {
      const key = keyOf(rule, node.name, undefined);
      alerts.report({
        ...problemOf({ key, rule, node: node.name, part: undefined, value: 1, judged: 1 }),
        detail: `Its boot id changed, and its sender had not said goodbye. Before, it was last heard of at ${new Date(before.lastSeenMs).toISOString()}.`,
      });
    }
  }

  function heldCondition(rule: NamedRule, key: string): Condition {
    const known = held.get(key) ?? new HeldCondition(rule, undefined, firing.delete(key));
    held.set(key, known);
    return known;
  }

  function tell(key: string, kind: 'raise' | 'clear' | undefined, problem: () => Problem): void {
    if (kind === 'raise') alerts.raise(problem());
    else if (kind === 'clear') alerts.clear(key);
  }

  /** When a node was last heard of, ms of the clock that never jumps, as far as the looks can tell. */
  function heardMs({ name, lastSeenMs }: NodeRecord, nowMs: number): number {
    const before = heard.get(name);
    if (before?.lastSeenMs === lastSeenMs) return before.atMs;
    heard.set(name, { lastSeenMs, atMs: nowMs });
    return nowMs;
  }

  function lookAtStreams(): void {
    const nowMs = clock.monotonic();
    for (const rule of ofKind('log_stopped')) {
      for (const node of fleet.nodes()) {
        const { name, state, sleeptimeSeconds } = node;
        if (!concerns(rule, name)) continue;
        const silent = state.kind === 'up' ? (nowMs - heardMs(node, nowMs)) / 1000 : 0;
        // A node that samples once an hour is not silent after a minute.
        const value = silent < sleeptimeSeconds * INTERVALS ? 0 : silent;
        const key = keyOf(rule, name, undefined);
        const of = { key, rule, node: name, part: undefined };
        tell(key, heldCondition(rule, key).take(value, nowMs), () =>
          problemOf({ ...of, value, judged: value }),
        );
      }
    }
  }

  async function lookAtDisk(): Promise<void> {
    if (disks.length === 0) return;
    const { blocks, bfree, bavail } = await statfs(directory);
    const used = blocks - bfree;
    const ratio = used + bavail === 0 ? 0 : used / (used + bavail);
    const endMs = clock.monotonic();
    const stretch = { endMs, coversMs: Math.min(endMs - lookedMs, 2 * LOOK_MS) };
    lookedMs = endMs;
    for (const { rule, series } of disks) {
      series.remember(ratio, stretch);
      series.look(ratio, endMs, (_, kind) => tell(rule.name, kind, () => diskProblem(rule, ratio)));
    }
  }

  function diskProblem(rule: NamedRule, ratio: number): Problem {
    return {
      ...{ key: rule.name, severity: rule.severity, to: rule.to },
      title: `the disk of the logs is ${Math.round(ratio * 100)} % full`,
      detail:
        `It holds ${directory}. When it is full, nodes keep their logs themselves and send them later. ` +
        'Make room, or let receiver.retention in config.json drop old segments.',
    };
  }

  const looking = every(
    async () => {
      lookAtStreams();
      await lookAtDisk();
    },
    {
      intervalMs: LOOK_MS,
      clock,
      onError: (err) => log.warn({ err }, 'cannot look after the receiver itself'),
    },
  );

  return {
    async [Symbol.asyncDispose]() {
      watching[Symbol.dispose]();
      await looking[Symbol.asyncDispose]();
    },
  };
}
