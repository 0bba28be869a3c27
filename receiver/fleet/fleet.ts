/**
 * The nodes and what state each is in.
 *
 *     up ──connection ends──▶ late ──grace over──▶ down
 *     ▲                        │                    │        receiver starts: up, late → unknown
 *     └────────connects────────┴────────────────────┘        unknown: connects → up, grace over → down
 *
 *     planned off, said by the operator: up ──connection ends──▶ planned_off ──connects──▶ up; its time over → late
 *
 * The machine itself is fleet-state.ts, pure. Here it gets its memory: `fleet.db` (schema: state-store.ts).
 *
 * Invariants. Tests cite them by number.
 *
 * 1. A node that is down was reported in the same transaction that made it so (`declareDown`): there is no moment at which
 *    a kill leaves the one without the other.
 * 2. Everything else is written soon, many nodes to a transaction: changes of state within {@link GATHER_MS}, last-seen
 *    times and positions every {@link FLUSH_MS}. A kill in between loses nothing that matters, because at the next start
 *    every node that was not down is `unknown` anyway.
 * 3. After a start the grace of every such node begins again.
 * 4. Reading works in another process, with or without a receiver running.
 * 5. A node that is planned off is told of as lost by nobody. The plan is on disk when `planOff` returns, and over when the
 *    node is back or the time is over; then its grace begins.
 *
 * Main thread only. All calls are synchronous and short; none writes to disk for a sample.
 */

import type { Logger } from '../../shared/logging/logger.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { type Clock, systemClock } from '../../shared/time/clock.ts';
import { every } from '../../shared/time/every.ts';
import { Spans } from '../../shared/time/spans.ts';
import {
  type ConnectedEvent,
  type DisconnectedEvent,
  type FleetEvent,
  type ProgressEvent,
  stepNode,
} from './fleet-state.ts';
import { fleetStore } from './fleet-store.ts';
import type { NodeRecord, PlannedOff } from './node-record.ts';
import { repeatedFailure } from './repeated-failure.ts';
import { sortNodes } from './sort-nodes.ts';
import type { StateStore } from './state-store.ts';

/** How long changes of state are gathered into one transaction, ms. */
const GATHER_MS = 50;

/** How often last-seen times and positions are written, ms. */
const FLUSH_MS = 5_000;

/** Names remembered at most; far above `number_of_nodes`, it only stops somebody who connects under ever new names. */
const MAX_NODES = 50_000;

/** A change of a node's state, told after the fact. */
export interface FleetChange {
  readonly node: NodeRecord;
  /** Undefined for a node that was never seen before. */
  readonly before: NodeRecord | undefined;
}

/** The fleet of a running receiver. */
export interface Fleet extends AsyncDisposable {
  /** A node connected; to be called by the arbiter of claims, once for each connection. */
  connected(event: ConnectedEvent): void;
  /** The connection of a node ended; not for one that was refused before it counted as connected. */
  disconnected(event: DisconnectedEvent): void;
  /** Logs grew; many nodes at once, at most once a second. */
  progress(events: Iterable<ProgressEvent>): void;
  /** A node, or undefined when it never connected. */
  node(name: NodeName): NodeRecord | undefined;
  /** Every node, by name. */
  nodes(): readonly NodeRecord[];
  /** Forgets a node; it is told of no more. Its log is not touched. */
  forget(name: NodeName): void;
  /**
   * These nodes will be off, or are, and that is as it should be. Durable when it returns. Unknown names are left out.
   *
   * @param plan undefined: they should be on again
   */
  planOff(names: Iterable<NodeName>, plan: PlannedOff | undefined): void;
  /** Calls `listener` after every change of a state until disposed. It must not throw. */
  onChange(listener: (change: FleetChange) => void): Disposable;
  /**
   * Declares down whichever of these nodes are still late or unknown, and runs `alongside` with them in the same
   * transaction: what it writes is durable together with the states, or neither is. Returns them; none: nothing was run.
   */
  declareDown(
    names: Iterable<NodeName>,
    alongside: (lost: readonly NodeRecord[]) => void,
  ): readonly NodeRecord[];
  /**
   * The receiver stops: from now on it ends the connections itself, which says nothing about the nodes. To be called before
   * ingest is stopped; without it every node would be late, and with a short grace be told of as lost.
   */
  stopping(): void;
  /** Runs `alongside` in a transaction that also holds every state as it is now. */
  save(alongside?: () => void): void;
}

/** Options of {@link startFleet}. */
export interface StartFleetOptions {
  readonly store: StateStore;
  readonly log: Logger;
  readonly clock?: Clock | undefined;
}

/** Brings back the fleet from the last run; disposing writes what was not yet written. Dispose it before the store. */
export function startFleet(options: StartFleetOptions): Fleet {
  const { store, log } = options;
  const clock = options.clock ?? systemClock;
  const table = fleetStore(store);
  const listeners = new Set<(change: FleetChange) => void>();
  const nodes = new Map<NodeName, NodeRecord>();
  const unsaved = new Set<NodeName>();
  const plans = new Spans<NodeName>(clock);
  let isStopping = false;

  // Invariant 3.
  for (const record of table.read()) {
    const started = stepNode(record, { kind: 'receiver_started', atMs: clock.now() }).record ?? record;
    nodes.set(record.name, started);
    unsaved.add(record.name);
  }

  function save(alongside?: () => void): void {
    if (unsaved.size === 0 && alongside === undefined) return;
    store.transaction(() => {
      table.save(records(unsaved));
      alongside?.();
    });
    unsaved.clear();
  }

  function* records(names: Iterable<NodeName>): Generator<NodeRecord> {
    for (const name of names) {
      const record = nodes.get(name);
      if (record !== undefined) yield record;
    }
  }

  function apply(name: NodeName, event: FleetEvent): boolean {
    const before = nodes.get(name);
    if (before === undefined && nodes.size >= MAX_NODES) {
      log.error({ node: name, max: MAX_NODES }, 'too many node names, this one is not remembered');
      return false;
    }
    const { record, effects } = stepNode(before, event);
    if (record === undefined || record === before) return false;
    nodes.set(name, record);
    unsaved.add(name);
    if (effects.length === 0) return false;
    tell({ node: record, before });
    return true;
  }

  function tell(change: FleetChange): void {
    const { node, before } = change;
    const fields = { node: node.name, from: before?.state.kind, to: node.state.kind };
    if (before?.bootId !== undefined && before.bootId !== node.bootId) log.info(fields, 'node was rebooted');
    if (before?.state === node.state) return;
    log.info(fields, 'node changed state');
    for (const listener of listeners) listener(change);
  }

  function endPlans(): void {
    const nowMs = clock.now();
    for (const { name, plannedOff } of nodes.values()) {
      if (plannedOff?.untilMs === undefined) continue;
      const { sinceMs: fromMs, untilMs } = plannedOff;
      if (plans.leftMs(name, { fromMs, untilMs }) > 0) continue;
      apply(name, { kind: 'plan_over', atMs: nowMs });
    }
  }

  save();
  const failure = repeatedFailure(log, 'cannot write the state of the nodes');
  const writing = every(
    async (signal) => {
      await clock.sleep(GATHER_MS, signal);
      endPlans();
      save();
      failure.succeeded();
    },
    { intervalMs: FLUSH_MS, clock, onError: failure.failed },
  );

  return {
    connected(event) {
      if (apply(event.node, { kind: 'connected', ...event })) writing.trigger();
    },
    disconnected(event) {
      if (!isStopping && apply(event.node, { kind: 'disconnected', ...event })) writing.trigger();
    },
    progress(events) {
      for (const event of events) apply(event.node, { kind: 'progress', ...event });
    },
    node: (name) => nodes.get(name),
    nodes: () => sortNodes(nodes.values()),
    forget(name) {
      table.remove(name);
      plans.forget(name);
      nodes.delete(name);
      unsaved.delete(name);
    },
    planOff(names, plan) {
      for (const name of names) {
        if (plan !== undefined) apply(name, { kind: 'off_planned', plan });
        else apply(name, { kind: 'plan_over', atMs: clock.now() });
      }
      save();
    },
    onChange(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    declareDown(names, alongside) {
      const changes = [...records(names)]
        .map((before) => ({ before, node: stepNode(before, { kind: 'grace_over' }).record ?? before }))
        .filter(({ before, node }) => before !== node);
      if (changes.length === 0) return [];
      const lost = changes.map(({ node }) => node);
      // Memory follows the disk, not the other way round: when the transaction fails, the nodes are late as before.
      store.transaction(() => {
        table.save(lost);
        alongside(lost);
      });
      for (const change of changes) {
        nodes.set(change.node.name, change.node);
        unsaved.delete(change.node.name);
        tell(change);
      }
      return lost;
    },
    stopping() {
      isStopping = true;
    },
    save,
    async [Symbol.asyncDispose]() {
      await writing[Symbol.asyncDispose]();
      save();
    },
  };
}
