import type { Fleet, FleetChange } from '../../fleet/fleet.ts';
import type { NodeRecord } from '../../fleet/node-record.ts';
import { composeDisconnect } from '../mail/compose-disconnect.ts';
import { composeRecovery, type ReturnedNode } from '../mail/compose-recovery.ts';
import { describeNode } from '../mail/describe-node.ts';
import type { PostOffice } from '../outbox/post-office.ts';
import { type AwayThread, awayNodes } from './away-nodes.ts';
import { createDisconnectRule, type DisconnectRuleOptions } from './disconnect-rule.ts';
import type { Incident } from './incident.ts';
import type { IncidentStore } from './incident-store.ts';
import { type LastSampleSource, readLastSamples } from './read-last-samples.ts';
import type { RecoveryRuleOptions } from './recovery-rule.ts';

/** Nodes of one mail whose last values are shown. */
const MAX_SAMPLES = 10;

/** Options of {@link watchDisconnects}. */
export interface DisconnectsOptions extends LastSampleSource {
  readonly fleet: Fleet;
  readonly incidents: IncidentStore;
  readonly post: PostOffice;
  readonly rule: DisconnectRuleOptions & RecoveryRuleOptions;
}

/** Watches the fleet for nodes that go and come back. */
export interface Disconnects extends Disposable {
  /** Tells what is due; true when a message was queued. Not to be called again before it has resolved. */
  tell(): Promise<boolean>;
}

/**
 * An open incident of this rule means: the last that the administrator heard of the node is that it is down. It begins
 * and ends in the transaction that queues the mail, and at no other time; so a node that comes back and goes again before
 * anybody was told of its return is simply still away.
 */
export function watchDisconnects(options: DisconnectsOptions): Disconnects {
  const { fleet, incidents, post, clock, rule } = options;
  const grace = createDisconnectRule(rule);
  const away = awayNodes(rule);

  for (const incident of incidents.unfinished('disconnect')) away.add(incident);
  for (const { name, state } of fleet.nodes()) {
    if (state.kind === 'unknown' || state.kind === 'late') grace.watch(name, clock.monotonic());
  }
  const subscription = fleet.onChange(onChange);

  function onChange({ node, before }: FleetChange): void {
    switch (node.state.kind) {
      case 'late':
      case 'unknown':
        grace.watch(node.name, clock.monotonic());
        away.setAway(node.name);
        return;
      case 'down':
        grace.forget(node.name);
        return;
      case 'up':
        grace.forget(node.name);
        away.setBack(node.name, clock.monotonic(), before?.bootId !== node.bootId);
        return;
      default:
        node.state satisfies never;
    }
  }

  async function tellLost(): Promise<boolean> {
    const due = grace.due(clock.monotonic());
    if (due.length === 0) return false;
    const unheard = due.filter((name) => !away.has(name));
    const lastSamples = await readLastSamples(unheard.slice(0, MAX_SAMPLES), options);
    const opened: Incident[] = [];
    fleet.declareDown(due, (lost) => {
      const news = lost.filter((node) => !away.has(node.name));
      if (news.length === 0) return;
      const nodes = fleet.nodes();
      const alsoDown = nodes.filter((node) => node.state.kind === 'down');
      const mail = composeDisconnect({ lost: news, alsoDown, lastSamples, nodeCount: nodes.length });
      const threadId = post.open(mail, clock.now());
      for (const node of news) opened.push(incidents.insert(newIncident(node, threadId)));
    });
    for (const incident of opened) away.add(incident);
    return opened.length > 0;
  }

  function tellBack({ threadId, nodes }: AwayThread): void {
    const settledMs = clock.monotonic() - rule.settleMs;
    const returned: (ReturnedNode & { readonly incident: Incident })[] = [];
    const stillAway: NodeRecord[] = [];
    for (const [name, { incident, backSince, wasRebooted }] of nodes) {
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
    for (const { node } of returned) away.remove(node.name);
  }

  return {
    async tell() {
      const back = away.due(clock.monotonic());
      back.forEach(tellBack);
      return (await tellLost()) || back.length > 0;
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
