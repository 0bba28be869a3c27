import type { Logger } from '../../../shared/logging/logger.ts';
import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { Fleet, FleetChange } from '../../fleet/fleet.ts';
import type { NodeRecord } from '../../fleet/node-record.ts';
import { composeDisconnect } from '../mail/compose-disconnect.ts';
import { composeRecovery, type ReturnedNode } from '../mail/compose-recovery.ts';
import { describeNode } from '../mail/describe-node.ts';
import type { PostOffice } from '../outbox/post-office.ts';
import { createDisconnectRule, type DisconnectRuleOptions } from './disconnect-rule.ts';
import type { Incident } from './incident.ts';
import type { IncidentStore } from './incident-store.ts';
import { isRecoveryDue, type RecoveryRuleOptions } from './recovery-rule.ts';

/** Nodes of one mail whose last values are shown. */
const MAX_SAMPLES = 10;

/** How long a mail waits for the last values, ms. */
const SAMPLE_MS = 2_000;

/** Options of {@link watchDisconnects}. */
export interface DisconnectsOptions {
  readonly fleet: Fleet;
  readonly incidents: IncidentStore;
  readonly post: PostOffice;
  readonly clock: Clock;
  readonly log: Logger;
  readonly rule: DisconnectRuleOptions & RecoveryRuleOptions;
  /** The last line of a node's log. */
  readonly readLastSample: (node: NodeName) => Promise<string | undefined>;
}

/** Watches the fleet for nodes that go and come back. */
export interface Disconnects extends Disposable {
  /** Tells what is due; true when a message was queued. Not to be called again before it has resolved. */
  tell(): Promise<boolean>;
}

/** A node that the administrator believes to be down. */
interface Away {
  readonly incident: Incident;
  /** Since when it is back, ms of the clock that never jumps; undefined while it is away. */
  readonly backSince: number | undefined;
  readonly wasRebooted: boolean | undefined;
}

type Thread = Map<NodeName, Away>;

/**
 * An open incident of this rule means: the last that the administrator heard of the node is that it is down. It begins
 * and ends in the transaction that queues the mail, and at no other time; so a node that comes back and goes again before
 * anybody was told of its return is simply still away.
 */
export function watchDisconnects(options: DisconnectsOptions): Disconnects {
  const { fleet, incidents, post, clock, rule } = options;
  const grace = createDisconnectRule(rule);
  const threads = new Map<number, Thread>();
  /** Threads of which somebody is back; empty nearly always, which makes looking cheap. */
  const returning = new Set<number>();
  const threadOf = new Map<NodeName, number>();

  for (const incident of incidents.unfinished('disconnect')) add(incident);
  for (const node of fleet.nodes()) {
    if (node.state.kind === 'unknown' || node.state.kind === 'late')
      grace.watch(node.name, clock.monotonic());
  }
  const subscription = fleet.onChange(onChange);

  function add(incident: Incident): void {
    const { node, threadId } = incident;
    if (node === undefined || threadId === undefined) return;
    const thread = threads.get(threadId) ?? new Map<NodeName, Away>();
    thread.set(node, { incident, backSince: undefined, wasRebooted: undefined });
    threads.set(threadId, thread);
    threadOf.set(node, threadId);
  }

  function onChange({ node, before }: FleetChange): void {
    switch (node.state.kind) {
      case 'late':
      case 'unknown':
        grace.watch(node.name, clock.monotonic());
        setBack(node.name, { backSince: undefined });
        return;
      case 'down':
        grace.forget(node.name);
        return;
      case 'up':
        grace.forget(node.name);
        setBack(node.name, { backSince: clock.monotonic(), wasRebooted: before?.bootId !== node.bootId });
        return;
      default:
        node.state satisfies never;
    }
  }

  function setBack(name: NodeName, change: Partial<Away>): void {
    const threadId = threadOf.get(name);
    const away = threadId === undefined ? undefined : threads.get(threadId)?.get(name);
    if (threadId === undefined || away === undefined) return;
    // Restarted once is restarted, however often it came and went since.
    const wasRebooted = away.wasRebooted === true ? true : (change.wasRebooted ?? away.wasRebooted);
    threads.get(threadId)?.set(name, { ...away, ...change, wasRebooted });
    if (change.backSince !== undefined) returning.add(threadId);
  }

  async function tellLost(): Promise<boolean> {
    const due = grace.due(clock.monotonic());
    if (due.length === 0) return false;
    const unheard = due.filter((name) => !threadOf.has(name));
    const lastSamples = await readLastSamples(unheard.slice(0, MAX_SAMPLES), options);
    const opened: Incident[] = [];
    fleet.declareDown(due, (lost) => {
      const news = lost.filter((node) => !threadOf.has(node.name));
      if (news.length === 0) return;
      const all = fleet.nodes();
      const alsoDown = all.filter((node) => node.state.kind === 'down');
      const mail = composeDisconnect({ lost: news, alsoDown, lastSamples, nodeCount: all.length });
      const threadId = post.open(mail, clock.now());
      opened.push(...news.map((node) => incidents.insert(newIncident(node, threadId))));
    });
    for (const incident of opened) add(incident);
    return opened.length > 0;
  }

  function tellBack(): boolean {
    let hasTold = false;
    for (const threadId of returning) {
      const thread = threads.get(threadId);
      const backSince = [...(thread?.values() ?? [])].map((away) => away.backSince);
      if (thread === undefined || backSince.every((since) => since === undefined)) {
        returning.delete(threadId);
      } else if (isRecoveryDue(backSince, clock.monotonic(), rule)) {
        tellThread(threadId, thread);
        hasTold = true;
      }
    }
    return hasTold;
  }

  function tellThread(threadId: number, thread: Thread): void {
    const settledMs = clock.monotonic() - rule.settleMs;
    const returned: (ReturnedNode & { readonly incident: Incident })[] = [];
    const stillAway: NodeRecord[] = [];
    for (const [name, { incident, backSince, wasRebooted }] of thread) {
      const node = fleet.node(name);
      if (node === undefined) continue;
      if (backSince === undefined || backSince > settledMs) stillAway.push(node);
      else
        returned.push({ incident, node, lostMs: incident.openedMs, backMs: node.state.sinceMs, wasRebooted });
    }
    fleet.save(() => {
      post.reply(threadId, composeRecovery({ returned, stillAway }), clock.now());
      for (const { incident, backMs } of returned) {
        incidents.end(incident.key, backMs);
        incidents.markTold(incident.id, 'end', threadId);
      }
    });
    for (const { node } of returned) {
      thread.delete(node.name);
      threadOf.delete(node.name);
    }
    if (thread.size === 0) threads.delete(threadId);
  }

  return {
    async tell() {
      const hasToldBack = tellBack();
      return (await tellLost()) || hasToldBack;
    },
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}

function newIncident(node: NodeRecord, threadId: number): Omit<Incident, 'id'> {
  return {
    key: `disconnect:${node.name}`,
    rule: 'disconnect',
    node: node.name,
    severity: 'critical',
    title: `${describeNode(node)} is down`,
    detail: '',
    openedMs: node.state.sinceMs,
    endedMs: undefined,
    told: 'opening',
    threadId,
  };
}

/** The last samples of these nodes; one that cannot be read, or not soon enough, is left out: the mail matters more. */
async function readLastSamples(
  names: readonly NodeName[],
  { readLastSample, clock, log }: DisconnectsOptions,
): Promise<ReadonlyMap<string, string>> {
  using timer = { stop: new AbortController(), [Symbol.dispose]: () => timer.stop.abort() };
  const samples = new Map<string, string>();
  const reading = names.map(async (name) => {
    try {
      const line = await readLastSample(name);
      if (line !== undefined) samples.set(name, line);
    } catch (err) {
      log.warn({ err, node: name }, 'cannot read the last sample');
    }
  });
  const tooLate = clock.sleep(SAMPLE_MS, timer.stop.signal).catch(() => undefined);
  await Promise.race([Promise.all(reading), tooLate]);
  return new Map(samples);
}
