import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { NodeRecord } from '../../fleet/node-record.ts';
import { type ComposedMail, composeDisconnect } from '../mail/compose-disconnect.ts';
import {
  composeFlapping,
  composeFlappingOver,
  composeFlaps,
  composeSteady,
} from '../mail/compose-flapping.ts';
import { composeProblems, composeProblemsOver } from '../mail/compose-problems.ts';
import { composeQuietDigest } from '../mail/compose-quiet-digest.ts';
import { composeRecovery, type ReturnedNode } from '../mail/compose-recovery.ts';
import { composeReminder, composeWorse } from '../mail/compose-reminder.ts';
import type { Block } from '../mail/document.ts';
import { hasMeasuredBetween } from '../mail/has-measured-between.ts';
import type { RecentLines } from '../mail/recent-lines.ts';
import type { PostOffice } from '../outbox/post-office.ts';
import { commonCause } from './common-cause.ts';
import type { Incident } from './incident.ts';
import type { MessageKind } from './next-message.ts';

/** What is known of nodes besides their incidents. */
export interface NodeNews {
  /** Nodes that are being declared down in this transaction: the fleet itself knows of it afterwards. */
  readonly lost: ReadonlyMap<NodeName, NodeRecord>;
  /** What the logs of some nodes say about the time before. */
  readonly recent: ReadonlyMap<string, RecentLines>;
}

/** Options of {@link createMessenger}. */
export interface MessengerOptions {
  readonly fleet: Fleet;
  readonly post: PostOffice;
  /** How long what flaps must be quiet, ms. */
  readonly quietMs: number;
  /** Whether the machine of a node that is back was started anew meanwhile; undefined: not known. */
  readonly wasRebooted: (node: NodeName) => boolean | undefined;
}

/** Puts what is to be told into mails, as few as possible. All in the transaction of what they tell. */
export interface Messenger {
  /** Tells what began. Calls `told` with the thread of each. */
  open(incidents: readonly Incident[], news: NodeNews, nowMs: number, told: Told): void;
  /** Tells all that waited for the end of the quiet hours in one mail; the incidents as they are after it. */
  digest(incidents: readonly Incident[], nowMs: number, told: Told): void;
  /** Says something about incidents of one thread. */
  reply(
    kind: Exclude<MessageKind, 'opening' | 'end'>,
    threadId: number,
    incidents: readonly Incident[],
    nowMs: number,
  ): void;
  /** Tells that some incidents of a thread are over. */
  end(threadId: number, ended: Ended, news: NodeNews, nowMs: number): void;
}

/** What of the incidents of one thread and one rule is over, and what is not. */
export interface Ended {
  readonly over: readonly Incident[];
  readonly lasting: readonly Incident[];
}

type Told = (incident: Incident, threadId: number) => void;

/** Makes a messenger. */
export function createMessenger(options: MessengerOptions): Messenger {
  const { fleet, post, quietMs, wasRebooted } = options;

  function openings(
    incidents: readonly Incident[],
    news: NodeNews,
  ): readonly (readonly [incidents: readonly Incident[], compose: () => ComposedMail])[] {
    const flapping = incidents.filter(({ isFlapping }) => isFlapping);
    const steady = incidents.filter(({ isFlapping }) => !isFlapping);
    const lost = steady.filter(({ rule, isFiring }) => rule === 'disconnect' && isFiring);
    const problems = steady.filter(({ rule, isFiring }) => rule === 'problem' || !isFiring);
    return [
      [lost, () => composeLost(lost, news)],
      [problems, () => composeProblems(problems.map(asTold), news.recent)],
      [flapping, () => composeFlapping(flapping, quietMs)],
    ];
  }

  function composeLost(incidents: readonly Incident[], news: NodeNews): ComposedMail {
    const nodes = fleet.nodes();
    const lost = incidents.flatMap(({ node }) => {
      const record = node && (news.lost.get(node) ?? fleet.node(node));
      return record ? [record] : [];
    });
    const names = new Set(lost.map(({ name }) => name));
    const alsoDown = nodes.filter(({ name, state }) => state.kind === 'down' && !names.has(name));
    const cause = commonCause(
      lost,
      nodes.filter(({ name, state }) => state.kind === 'up' && !names.has(name)),
    );
    const { recent } = news;
    return composeDisconnect({ lost, alsoDown, cause, recent, nodeCount: nodes.length });
  }

  function returnedNode(
    { openedMs: lostMs, changedMs: backMs }: Incident,
    node: NodeRecord,
    recent: NodeNews['recent'],
  ): ReturnedNode {
    const hasMeasured = hasMeasuredBetween(recent.get(node.name), lostMs, backMs);
    return { node, lostMs, backMs, wasRebooted: wasRebooted(node.name), hasMeasured };
  }

  function nodesOf(incidents: readonly Incident[]): readonly (readonly [Incident, NodeRecord])[] {
    return incidents.flatMap((incident) => {
      const node = incident.node && fleet.node(incident.node);
      return node ? [[incident, node] as const] : [];
    });
  }

  function composeReply(
    kind: Exclude<MessageKind, 'opening' | 'end'>,
    incidents: readonly Incident[],
    nowMs: number,
  ): readonly Block[] {
    switch (kind) {
      case 'flapping':
        return composeFlaps(incidents, quietMs);
      case 'steady':
        return composeSteady(incidents);
      case 'worse':
        return composeWorse(incidents);
      case 'reminder':
        return composeReminder(incidents, nowMs);
      default:
        return kind satisfies never;
    }
  }

  return {
    open(incidents, news, nowMs, told) {
      for (const [to, group] of byRecipients(incidents)) {
        for (const [some, compose] of openings(group, news)) {
          if (some.length === 0) continue;
          const threadId = post.open({ ...compose(), about: some.map(asTold), to }, nowMs);
          for (const incident of some) told(incident, threadId);
        }
      }
    },
    digest(incidents, nowMs, told) {
      for (const [to, group] of byRecipients(incidents)) {
        const mail = composeQuietDigest(group);
        const threadId = post.open({ ...mail, about: group.map(asTold), to }, nowMs);
        for (const incident of group) told(incident, threadId);
      }
    },
    reply(kind, threadId, incidents, nowMs) {
      post.reply(threadId, composeReply(kind, incidents, nowMs), nowMs, incidents.map(asTold));
    },
    end(threadId, { over, lasting }, { recent }, nowMs) {
      const flapping = over.filter(({ isFlapping }) => isFlapping);
      const steady = over.filter(({ isFlapping }) => !isFlapping);
      const returned = nodesOf(steady.filter(({ rule }) => rule === 'disconnect'));
      const problems = steady.filter(({ rule }) => rule === 'problem');
      const say = (some: readonly Incident[], compose: () => ComposedMail) => {
        if (some.length === 0) return;
        const { subject, blocks } = compose();
        post.reply(threadId, blocks, nowMs, some.map(asOver), subject);
      };
      say(flapping, () => composeFlappingOver(flapping));
      say(problems, () => composeProblemsOver(problems.map(asTold)));
      say(
        returned.map(([incident]) => incident),
        () =>
          composeRecovery({
            returned: returned.map(([incident, node]) => returnedNode(incident, node, recent)),
            stillAway: nodesOf(lasting.filter(({ rule }) => rule === 'disconnect')).map(([, node]) => node),
          }),
      );
    },
  };
}

/** Each mail has its recipients. */
function byRecipients(
  incidents: readonly Incident[],
): Iterable<readonly [to: readonly string[] | undefined, incidents: readonly Incident[]]> {
  const groups = Map.groupBy(incidents, ({ to }) => to?.join());
  return [...groups.values()].map((group) => [group[0]?.to, group]);
}

/** As it is told: over as soon as it no longer holds, unless it may hold again any moment. */
function asTold(incident: Incident): Incident {
  return incident.isFiring || incident.isFlapping ? incident : asOver(incident);
}

function asOver(incident: Incident): Incident {
  return { ...incident, endedMs: incident.endedMs ?? incident.changedMs };
}
