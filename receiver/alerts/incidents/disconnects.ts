import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { Fleet, FleetChange } from '../../fleet/fleet.ts';
import type { NodeRecord } from '../../fleet/node-record.ts';
import { describeNode } from '../mail/describe-node.ts';
import { returnMs, watchAbsence } from './absence.ts';
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
  /** Notices whether the receiver itself stood still; to be called at every look. */
  look(): void;
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

  const absence = watchAbsence(clock);

  // Nodes are taken in before anybody looks here: at the start of the receiver, and while alerts are started again.
  for (const { name, state } of fleet.nodes()) {
    if (state.kind === 'unknown' || state.kind === 'late') grace.watch(name, clock.monotonic());
  }
  const awayMs = absenceBeforeStart(fleet.nodes(), clock.now());
  if (awayMs > 0) holdFor(awayMs);
  for (const incident of incidents.open()) {
    if (incident.rule === 'disconnect' && incident.node !== undefined) noteOpen(incident.node, incident);
  }
  const subscription = fleet.onChange(noteChange);

  /** What became of a node whose incident is open. */
  function noteOpen(name: NodeName, { told, isHeld }: Incident): void {
    const state = fleet.node(name)?.state;
    if (state?.kind === 'up') changes.set(name, { to: 'back', atMs: state.sinceMs });
    else if (state?.kind === 'planned_off') changes.set(name, { to: 'planned off', atMs: clock.now() });
    else if (told !== 'nothing' && !isHeld) changes.set(name, { to: 'away', atMs: clock.now() });
  }

  /** The receiver itself was away, and senders that were up all the time have yet to come back. */
  function holdFor(absenceMs: number): void {
    grace.hold(clock.monotonic() + returnMs(absenceMs));
  }

  function noteAbsence(): void {
    const absenceMs = absence.sinceLast();
    if (absenceMs > 0) holdFor(absenceMs);
  }

  function noteChange({ node, before }: FleetChange): void {
    noteAbsence();
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
    look: noteAbsence,
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

/**
 * How long the receiver was away before it started, ms: since the nodes that it has to wait for were last heard of; 0 when there
 * are none. A clock that was set back meanwhile says nothing, and so counts as long.
 */
function absenceBeforeStart(nodes: readonly NodeRecord[], nowMs: number): number {
  const ages = nodes
    .filter(({ state }) => state.kind === 'unknown')
    .map(({ lastSeenMs }) => nowMs - lastSeenMs);
  return ages.some((ageMs) => ageMs < 0) ? Number.POSITIVE_INFINITY : Math.max(0, ...ages);
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
