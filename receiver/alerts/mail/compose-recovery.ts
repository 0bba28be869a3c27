import { formatDuration, formatMoment } from '../../../shared/time/format-time.ts';
import type { NodeRecord } from '../../fleet/node-record.ts';
import { describeNode } from './describe-node.ts';
import type { Block } from './document.ts';
import { listOfNames, listOfNodes } from './list-nodes.ts';

/** A node that is back. */
export interface ReturnedNode {
  readonly node: NodeRecord;
  /** When it was lost, ms since 1970. */
  readonly lostMs: number;
  /** When it came back, ms since 1970. */
  readonly backMs: number;
  /** Whether the machine was started anew meanwhile; undefined when that is not known. */
  readonly wasRebooted: boolean | undefined;
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

/** The body of the mail that says that nodes are back; its subject is that of the thread. */
export function composeRecovery(facts: RecoveryFacts): readonly Block[] {
  const [first] = facts.returned;
  if (first === undefined) throw new Error('a mail about nodes that are back needs at least one');
  const isOne = facts.returned.length === 1 && facts.stillAway.length === 0;
  return isOne ? composeOne(first, facts.timeZone) : composeSeveral(facts);
}

function composeOne(back: ReturnedNode, timeZone: string | undefined): Block[] {
  return [
    {
      kind: 'headline',
      text: `Back: ${describeNode(back.node)} was away for ${formatDuration(back.backMs - back.lostMs)}.`,
    },
    {
      kind: 'facts',
      facts: [
        ['back since', formatMoment(back.backMs, timeZone)],
        ['down since', formatMoment(back.lostMs, timeZone)],
        ['away for', formatDuration(back.backMs - back.lostMs)],
        ['machine', machineOf(back)],
      ],
    },
    { kind: 'text', text: 'What it measured meanwhile is being replayed from its own log.' },
  ];
}

function composeSeveral({ returned, stillAway, timeZone }: RecoveryFacts): Block[] {
  const nodes = returned.length === 1 ? 'node' : 'nodes';
  const away = stillAway.length === 0 ? 'none is missing any more' : `still away: ${listOfNames(stillAway)}`;
  const lines = returned.map((back) => ({ ...back.node, back }));
  return [
    { kind: 'headline', text: `Back: ${returned.length} ${nodes}; ${away}.` },
    listOfNodes('Back', lines, ({ back }) => {
      const span = `away for ${formatDuration(back.backMs - back.lostMs)}`;
      return `since ${formatMoment(back.backMs, timeZone)}, ${span}; ${machineOf(back)}`;
    }),
    ...(stillAway.length === 0
      ? []
      : [
          listOfNodes(
            'Still away',
            stillAway,
            (node) => `since ${formatMoment(node.state.sinceMs, timeZone)}`,
          ),
        ]),
  ];
}

function machineOf(back: ReturnedNode): string {
  if (back.wasRebooted === undefined) return 'not known whether it was restarted';
  return back.wasRebooted
    ? 'was restarted meanwhile (another boot)'
    : 'ran on all the time (same boot): the sender or the network was away';
}
