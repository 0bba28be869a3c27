import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { Fleet, FleetChange } from '../../fleet/fleet.ts';
import type { NodeRecord } from '../../fleet/node-record.ts';
import { describeNode } from '../mail/describe-node.ts';
import { createDisconnectRule, type DisconnectRuleOptions } from './disconnect-rule.ts';
import type { Incident } from './incident.ts';
import type { IncidentKeeper } from './incident-keeper.ts';
import type { IncidentStore } from './incident-store.ts';
import { endIncident, type IncidentFacts } from './life-cycle.ts';

/** Options of {@link watchDisconnects}. */
export interface DisconnectsOptions {
  readonly fleet: Fleet;
  readonly incidents: IncidentStore;
  readonly keeper: IncidentKeeper;
  readonly rule: DisconnectRuleOptions;
  readonly clock: Clock;
  /** Something changed; `dueInMs` after which it is to be told, where that is known. */
  readonly onChange: (dueInMs?: number) => void;
}

/** Watches the fleet for nodes that go and come back. */
export interface Disconnects extends Disposable {
  /** Writes down which nodes came back, or went again; many at a time, in a transaction of its own. */
  note(): void;
  /** The group of nodes whose grace is over and that is complete now; empty while there is none. */
  due(): readonly NodeName[];
  /** Declares them down, and runs `alongside` with those that really are in the same transaction. */
  declare(names: readonly NodeName[], alongside: (lost: readonly NodeRecord[]) => void): void;
  /** Ends those of the open incidents whose nodes are no longer known. In a transaction. */
  endForgotten(open: readonly Incident[]): void;
  /** Whether the machine of a node was started anew while it was away; undefined when that is not known. */
  wasRebooted(node: NodeName): boolean | undefined;
}

/**
 * Turns states of nodes into incidents. A node that comes back and goes again before anybody was told of its return is
 * simply still away: its incident goes on, and no message says otherwise.
 */
export function watchDisconnects(options: DisconnectsOptions): Disconnects {
  const { fleet, incidents, keeper, clock, rule, onChange } = options;
  const grace = createDisconnectRule(rule);
  const rebooted = new Map<NodeName, boolean>();
  /** What is not yet written. A kill loses it, and then every node is unknown until it is back anyway. */
  const changes = new Map<
    NodeName,
    { readonly to: 'back' | 'away' | 'planned off'; readonly atMs: number }
  >();

  for (const { name, state } of fleet.nodes()) {
    if (state.kind === 'unknown' || state.kind === 'late') grace.watch(name, clock.monotonic());
  }
  // Nobody is connected yet, so nobody is back.
  for (const { rule: kind, node, told, isHeld } of incidents.open()) {
    if (kind !== 'disconnect' || node === undefined || told === 'nothing' || isHeld) continue;
    changes.set(node, { to: 'away', atMs: clock.now() });
  }
  const subscription = fleet.onChange(noteChange);

  function noteChange({ node, before }: FleetChange): void {
    const { name, state } = node;
    switch (state.kind) {
      case 'late':
      case 'unknown':
        grace.watch(name, clock.monotonic());
        changes.set(name, { to: 'away', atMs: state.sinceMs });
        onChange(grace.soonestMs);
        return;
      case 'down':
        grace.forget(name);
        return;
      case 'up':
        grace.forget(name);
        changes.set(name, { to: 'back', atMs: state.sinceMs });
        noteBoot(name, before, node);
        onChange();
        return;
      case 'planned_off':
        grace.forget(name);
        // Whoever planned it needs no mail.
        changes.set(name, { to: 'planned off', atMs: clock.now() });
        onChange();
        return;
      default:
        state satisfies never;
    }
  }

  function noteBoot(name: NodeName, before: NodeRecord | undefined, node: NodeRecord): void {
    if (before === undefined) return;
    // Restarted once is restarted, however often it came and went since.
    rebooted.set(name, before.bootId !== node.bootId || rebooted.get(name) === true);
  }

  return {
    note() {
      if (changes.size === 0) return;
      fleet.save(() => {
        for (const [name, { to, atMs }] of changes) {
          if (to === 'back') keeper.over(keyOf(name), atMs);
          else if (to === 'away') keeper.resume(keyOf(name), atMs);
          else keeper.endQuietly(keyOf(name), atMs);
        }
      });
      changes.clear();
    },
    due: () => grace.due(clock.monotonic()),
    declare(names, alongside) {
      fleet.declareDown(names, (lost) => {
        for (const node of lost) {
          keeper.fire(factsOf(node), node.state.sinceMs);
          rebooted.delete(node.name);
        }
        alongside(lost);
      });
    },
    endForgotten(open) {
      for (const incident of open) {
        if (incident.rule !== 'disconnect' || incident.node === undefined) continue;
        if (fleet.node(incident.node) === undefined) incidents.save(endIncident(incident));
      }
    },
    wasRebooted: (node) => rebooted.get(node),
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}

function keyOf(node: NodeName): string {
  return `disconnect:${node}`;
}

function factsOf(node: NodeRecord): IncidentFacts {
  return {
    key: keyOf(node.name),
    rule: 'disconnect',
    node: node.name,
    severity: 'critical',
    title: `${describeNode(node)} is down`,
    detail: '',
    to: undefined,
  };
}
