import { cleanText } from '../../../shared/mail/clean-text.ts';
import { formatMoment } from '../../../shared/time/format-time.ts';
import type { NodeRecord } from '../../fleet/node-record.ts';
import { describeEnd, describeNode } from './describe-node.ts';
import { describeRecent, lastValues } from './describe-recent.ts';
import type { Block, Fact } from './document.ts';
import { allNames, listOfNames, listOfNodes } from './list-nodes.ts';
import { CPU } from './metric.ts';
import type { NoticeAlert } from './notice.ts';
import type { RecentLines } from './recent-lines.ts';

/** What a mail about lost nodes is made of. */
export interface DisconnectFacts {
  /** At least one; their state is `down`. */
  readonly lost: readonly NodeRecord[];
  /** Others that were down already. */
  readonly alsoDown: readonly NodeRecord[];
  /** What the logs of some of them say about the time before. */
  readonly recent: ReadonlyMap<string, RecentLines>;
  /** What may be the cause, in sentences; for several. */
  readonly cause?: readonly string[] | undefined;
  /** Nodes the receiver knows. */
  readonly nodeCount: number;
  /** IANA name; the machine's own when left out. */
  readonly timeZone?: string | undefined;
}

/** A mail before it has its place in a thread. */
export interface ComposedMail {
  readonly subject: string;
  readonly blocks: readonly Block[];
  /** The incidents that it tells of: by them channels choose what they pass on, and programs read them. */
  readonly about?: readonly NoticeAlert[] | undefined;
  /** Who gets the mails of this thread, where that is not everybody; addresses. */
  readonly to?: readonly string[] | undefined;
}

/** The mail that says that nodes were lost: one with all that is known, several as a list. */
export function composeDisconnect(facts: DisconnectFacts): ComposedMail {
  const [first] = facts.lost;
  if (first === undefined) throw new Error('a mail about lost nodes needs at least one');
  return facts.lost.length === 1 ? composeOne(first, facts) : composeSeveral(facts);
}

function composeOne(node: NodeRecord, facts: DisconnectFacts): ComposedMail {
  const title = `${describeNode(node)} is down`;
  return {
    subject: `[fleetkeep] ${title}`,
    blocks: [
      {
        kind: 'headline',
        tone: 'bad',
        text: `${capitalise(title)} since ${formatMoment(node.state.sinceMs, facts.timeZone)}.`,
      },
      { kind: 'facts', facts: nodeFacts(node, facts.timeZone) },
      ...describeRecent(facts.recent.get(node.name), CPU, facts.timeZone),
      ...alsoDownBlocks(facts),
      { kind: 'text', text: 'A second mail in this thread will say when it is back.' },
    ],
  };
}

/** More lost nodes than these are told by their names alone. */
const MAX_DESCRIBED = 5;

function composeSeveral(facts: DisconnectFacts): ComposedMail {
  const { lost, nodeCount, timeZone } = facts;
  const share = lost.length === nodeCount ? `all ${nodeCount}` : `${lost.length} of ${nodeCount}`;
  const firstMs = Math.min(...lost.map(({ state }) => state.sinceMs));
  return {
    subject: `[fleetkeep] ${lost.length} nodes are down: ${listOfNames(lost)}`,
    blocks: [
      {
        kind: 'headline',
        tone: 'bad',
        text: `${capitalise(share)} nodes went down together at ${formatMoment(firstMs, timeZone)}.`,
      },
      ...(lost.length > MAX_DESCRIBED ? [allNames('Down', lost)] : describeEach(facts)),
      { kind: 'text', text: causeOf(facts) },
      ...alsoDownBlocks(facts),
      { kind: 'text', text: 'This thread will say when they are back.' },
    ],
  };
}

function describeEach({ lost, recent, timeZone }: DisconnectFacts): Block[] {
  return [
    listOfNodes('Down', lost, (node) => {
      const since = `since ${formatMoment(node.state.sinceMs, timeZone)}`;
      return `${since}, ${cleanText(node.address, 64)}. ${endOf(node)}`;
    }),
    ...lost.flatMap((node) =>
      lastValues(recent.get(node.name), `Last values of ${describeNode(node)}`, timeZone),
    ),
  ];
}

function nodeFacts(node: NodeRecord, timeZone: string | undefined): Fact[] {
  return [
    ['since', formatMoment(node.state.sinceMs, timeZone)],
    ['how it ended', endOf(node)],
    ['last seen', formatMoment(node.lastSeenMs, timeZone)],
    ['host name', cleanText(node.hostName, 64)],
    ['address', cleanText(node.address, 64)],
    ['sender', `version ${cleanText(node.version, 32)}, a sample every ${node.sleeptimeSeconds} s`],
  ];
}

function endOf(node: NodeRecord): string {
  return node.state.kind === 'down' ? describeEnd(node.state.end) : 'Not known';
}

function alsoDownBlocks({ alsoDown, timeZone }: DisconnectFacts): Block[] {
  if (alsoDown.length === 0) return [];
  const since = (node: NodeRecord) => `since ${formatMoment(node.state.sinceMs, timeZone)}`;
  return [listOfNodes('Also down', alsoDown, since)];
}

function causeOf({ cause = [] }: DisconnectFacts): string {
  return cause.length > 0
    ? cause.join(' ')
    : 'Several at once usually have one cause: power, a switch, or the network of the receiver itself.';
}

function capitalise(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
