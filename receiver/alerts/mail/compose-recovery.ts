import { formatDuration, formatMoment } from '../../../shared/time/format-time.ts';
import type { NodeRecord } from '../../fleet/node-record.ts';
import type { ComposedMail } from './compose-disconnect.ts';
import { describeNode } from './describe-node.ts';
import type { Block } from './document.ts';
import { allNames, listOfNames, listOfNodes } from './list-nodes.ts';

/** A node that is back. */
export interface ReturnedNode {
  readonly node: NodeRecord;
  /** When it was lost, ms since 1970. */
  readonly lostMs: number;
  /** When it came back, ms since 1970. */
  readonly backMs: number;
  /** Whether the machine was started anew meanwhile; undefined when that is not known. */
  readonly wasRebooted: boolean | undefined;
  /**
   * Whether its log goes on through the time that it was away; undefined when that is not known.
   */
  readonly hasMeasured: boolean | undefined;
}

/** What a mail about nodes that are back is made of. */
export interface RecoveryFacts {
  /** At least one. */
  readonly returned: readonly ReturnedNode[];
  /** Those of the same thread that are still away. */
  readonly stillAway: readonly NodeRecord[];
  /** IANA name; the machine's own when left out. */
  readonly timeZone?: string | undefined;
}

/** The mail that says that nodes are back, in the thread of their loss. */
export function composeRecovery(facts: RecoveryFacts): ComposedMail {
  const [first] = facts.returned;
  if (first === undefined) throw new Error('a mail about nodes that are back needs at least one');
  const isOne = facts.returned.length === 1 && facts.stillAway.length === 0;
  return isOne ? composeOne(first, facts.timeZone) : composeSeveral(facts);
}

function composeOne(back: ReturnedNode, timeZone: string | undefined): ComposedMail {
  const awayFor = formatDuration(back.backMs - back.lostMs);
  const title = `${describeNode(back.node)} is back after ${awayFor}`;
  return {
    subject: `[fleetkeep] ${title}`,
    blocks: [
      { kind: 'headline', tone: 'good', text: `${title.charAt(0).toUpperCase()}${title.slice(1)}.` },
      {
        kind: 'facts',
        facts: [
          ['back since', formatMoment(back.backMs, timeZone)],
          ['down since', formatMoment(back.lostMs, timeZone)],
          ['away for', awayFor],
          ['machine', machineOf(back)],
        ],
      },
      ...measuredBlocks(back),
    ],
  };
}

function measuredBlocks({ hasMeasured }: ReturnedNode): Block[] {
  if (hasMeasured === undefined) return [];
  return [
    {
      kind: 'text',
      text: hasMeasured
        ? 'What it measured meanwhile is being replayed from its own log.'
        : 'It measured nothing meanwhile: its log has a gap there.',
    },
  ];
}

/** More nodes than these are told by their names alone. */
const MAX_DESCRIBED = 5;

function composeSeveral({ returned, stillAway, timeZone }: RecoveryFacts): ComposedMail {
  const isOne = returned.length === 1;
  const nodes = isOne ? 'node is' : 'nodes are';
  const longest = Math.max(...returned.map(({ backMs, lostMs }) => backMs - lostMs));
  const away = stillAway.length === 0 ? '' : `, ${stillAway.length} still down`;
  return {
    subject: `[fleetkeep] ${returned.length} ${nodes} back${away}: ${listOfNames(returned.map(({ node }) => node))}`,
    blocks: [
      {
        kind: 'headline',
        tone: 'good',
        text: `${returned.length} ${nodes} back${isOne ? ' after' : ', the last after'} ${formatDuration(longest)}${
          stillAway.length === 0 ? '; none is missing any more' : `; still away: ${listOfNames(stillAway)}`
        }.`,
      },
      returned.length > MAX_DESCRIBED
        ? allNames(
            'Back',
            returned.map(({ node }) => node),
          )
        : listReturned(returned, timeZone),
      ...(stillAway.length === 0 ? [] : [listAway(stillAway, timeZone)]),
    ],
  };
}

function listReturned(returned: readonly ReturnedNode[], timeZone: string | undefined): Block {
  const lines = returned.map((back) => ({ ...back.node, back }));
  return listOfNodes('Back', lines, ({ back }) => {
    const span = `away for ${formatDuration(back.backMs - back.lostMs)}`;
    return `since ${formatMoment(back.backMs, timeZone)}, ${span}; ${machineOf(back)}`;
  });
}

function listAway(away: readonly NodeRecord[], timeZone: string | undefined): Block {
  const since = (node: NodeRecord) => `since ${formatMoment(node.state.sinceMs, timeZone)}`;
  return away.length > MAX_DESCRIBED ? allNames('Still away', away) : listOfNodes('Still away', away, since);
}

function machineOf(back: ReturnedNode): string {
  if (back.wasRebooted === undefined) return 'not known whether it was restarted';
  return back.wasRebooted
    ? 'was restarted meanwhile (another boot)'
    : 'ran on all the time (same boot): the sender or the network was away';
}
