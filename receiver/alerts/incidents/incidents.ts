/**
 * Incidents: what is wrong, since when, and how much of it the administrator hears. One life cycle for lost nodes and for
 * problems.
 *
 *     fleet ──▶ disconnects ─┐                      ┌─▶ messenger ──▶ post office (outbox)
 *                            ├─▶ keeper ──▶ teller ─┤
 *     raise, clear, report ──┘   (disk)   (verdict) └─▶ held: silence, quiet hours
 *
 * Invariants. Tests cite them by number.
 *
 * 1. A key has at most one open incident, and an incident is open until its end was told: what the administrator hears of
 *    a key alternates between firing and resolved, whatever the condition itself does.
 * 2. What begins as often as the flapping rule says, within its window, is one incident «flapping»: one mail when that
 *    begins, one when nothing has changed for a while. So mails per key and hour are bounded for any series.
 * 3. What is so for long is reminded of at growing intervals, until somebody acknowledges it.
 * 4. A silence keeps what begins under it from being told, not from being known: it is in the history, marked. When the
 *    silence ends and it is still so, it is told then. The end of what was told is told, silence or not.
 * 5. In the quiet hours some severities wait; at their end one mail tells all of it.
 * 6. Every change and the message that tells it are one transaction.
 *
 * State: the table `incidents` (schema: fleet/state-store.ts). Main thread only.
 */

import type { Logger } from '../../../shared/logging/logger.ts';
import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { SteadyWall } from '../../../shared/time/steady-wall.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { NodeRecord } from '../../fleet/node-record.ts';
import type { StateStore } from '../../fleet/state-store.ts';
import type { RecentLines } from '../mail/recent-lines.ts';
import type { PostOffice } from '../outbox/post-office.ts';
import type { CalmPolicy } from './calm-policy.ts';
import type { DisconnectRuleOptions } from './disconnect-rule.ts';
import { watchDisconnects } from './disconnects.ts';
import type { Acknowledgement, Incident } from './incident.ts';
import { incidentKeeper } from './incident-keeper.ts';
import { incidentStore } from './incident-store.ts';
import { createMessenger } from './messenger.ts';
import { type Problem, watchProblems } from './problems.ts';
import { type RecentSource, readRecent } from './read-recent.ts';
import { createTeller } from './teller.ts';
import { cannotWrite, type WriteFailure, withUnwritten } from './unwritten.ts';

/** Nodes of one look whose last values are read. */
const MAX_READ = 10;

/** The longest that open incidents are not looked at, ms: clocks are set, and quiet hours end. */
const LONGEST_WAIT_MS = 15_000;

/** How often the history is pruned, ms. */
const PRUNE_MS = 3_600_000;

/** Options of {@link watchIncidents}. */
export interface IncidentsOptions extends RecentSource {
  readonly store: StateStore;
  readonly fleet: Fleet;
  readonly post: PostOffice;
  readonly rule: DisconnectRuleOptions;
  readonly policy: CalmPolicy;
  /** The id of a silence that holds for the incident now. */
  readonly silenceOf: (incident: Incident) => number | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** {@link Incidents.tell} is wanted in so many ms, whenever the usual look may come. */
  readonly wakeIn: (ms: number) => void;
}

/** The incidents of a running receiver. */
export interface Incidents extends Disposable {
  raise(problem: Problem): void;
  clear(key: string): void;
  report(problem: Problem): void;
  /** Undefined when there is no such incident or it is over. */
  acknowledge(id: number, by: Acknowledgement): Incident | undefined;
  /**
   * Those that are open, newest first. While the disk takes no changes: first, as number 0, that it does not, and with
   * numbers below 0 what waits to be written.
   */
  open(): readonly Incident[];
  /** Those that were and are, newest first. */
  history(limit: number): readonly Incident[];
  /** Something changed that bears on what may be told: a silence, for example. */
  lookAgain(): void;
  /** Tells what is due; true when a message was queued. Not to be called again before it has resolved. */
  tell(): Promise<boolean>;
}

/** Watches fleet and problems. */
export function watchIncidents(options: IncidentsOptions): Incidents {
  const { store, fleet, post, policy, clock, log, wakeIn } = options;
  const incidents = incidentStore(store);
  const keeper = incidentKeeper(incidents, policy.flapping);
  /** When to look next, ms of the clock that never jumps. */
  let lookAtMs = 0;
  let pruneAtMs = 0;
  const wall = new SteadyWall(clock);

  const lookAgain = () => {
    lookAtMs = 0;
  };
  let failure: WriteFailure | undefined;
  const onFailure = (error: unknown) => {
    failure = { error, sinceMs: failure?.sinceMs ?? clock.now() };
  };
  const problems = watchProblems({ store, incidents, keeper, clock, log, onChange: lookAgain, onFailure });
  const disconnects = watchDisconnects({
    fleet,
    incidents,
    keeper,
    rule: options.rule,
    clock,
    onChange(dueInMs) {
      lookAgain();
      if (dueInMs !== undefined) wakeIn(dueInMs);
    },
  });
  const messenger = createMessenger({
    fleet,
    post,
    quietMs: policy.flapping.quietMs,
    wasRebooted: disconnects.wasRebooted,
  });
  const teller = createTeller({ incidents, messenger, policy, silenceOf: options.silenceOf });

  function prune(): void {
    if (clock.monotonic() < pruneAtMs) return;
    pruneAtMs = clock.monotonic() + PRUNE_MS;
    if (!wall.isSteady()) return;
    store.transaction(() => incidents.prune(clock.now() - policy.historyMs));
  }

  /** Of the nodes that may be told of now: those whose grace is over, and those of which could not be told before. */
  async function readLogs(due: readonly NodeName[]): Promise<ReadonlyMap<string, RecentLines>> {
    const open = incidents.open();
    const known = new Set(open.flatMap(({ rule, node }) => (rule === 'disconnect' && node ? [node] : [])));
    const untold = teller.news(open, clock.now()).flatMap(({ node }) => (node === undefined ? [] : [node]));
    const names = new Set([...due.filter((node) => !known.has(node)), ...untold]);
    return await readRecent([...names].slice(0, MAX_READ), options);
  }

  function tellNow(lost: readonly NodeRecord[], recent: ReadonlyMap<string, RecentLines>): boolean {
    disconnects.endForgotten(incidents.open());
    const byName = new Map(lost.map((node) => [node.name, node]));
    const { hasTold, againInMs } = teller.tell({ lost: byName, recent }, clock.now());
    lookAtMs = clock.monotonic() + Math.min(againInMs, LONGEST_WAIT_MS);
    return hasTold;
  }

  async function look(): Promise<boolean> {
    disconnects.look();
    problems.writeEarlier();
    disconnects.note();
    const due = disconnects.due();
    if (due.length === 0 && clock.monotonic() < lookAtMs) return false;
    prune();
    const recent = await readLogs(due);
    let hasTold: boolean | undefined;
    disconnects.declare(due, (lost) => {
      hasTold = tellNow(lost, recent);
    });
    hasTold ??= store.transaction(() => tellNow([], recent));
    if (problems.waiting().length === 0) failure = undefined;
    return hasTold;
  }

  return {
    raise: problems.raise,
    clear: problems.clear,
    report: problems.report,
    acknowledge(id, by) {
      lookAgain();
      return store.transaction(() => keeper.acknowledge(id, by));
    },
    open() {
      const open = withUnwritten(incidents.open(), problems.waiting(), policy.flapping).toReversed();
      return failure === undefined ? open : [cannotWrite(failure, store.database.location() ?? ''), ...open];
    },
    history: (limit) => incidents.history(limit),
    lookAgain,
    async tell() {
      try {
        return await look();
      } catch (error) {
        onFailure(error);
        throw error;
      }
    },
    [Symbol.dispose]: () => disconnects[Symbol.dispose](),
  };
}
