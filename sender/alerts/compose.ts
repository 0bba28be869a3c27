import { hostname } from 'node:os';
import { cleanText } from '../../shared/mail/clean-text.ts';
import type { Letter } from '../../shared/mail/mail.ts';
import { formatDuration, formatMoment } from '../../shared/time/format-time.ts';
import type { Outage } from './outage.ts';

type Lost = Extract<Outage, { kind: 'telling_loss' }>;
type Back = Extract<Outage, { kind: 'telling_return' }>;

/** What every letter of a sender says. */
export interface LetterFacts {
  readonly node: string;
  readonly to: readonly string[];
  /** Right side of Message-IDs. */
  readonly domain: string;
  readonly lostAfterMs: number;
}

/** The letter that says that there is no receiver. The same outage always becomes the same letter. */
export function composeLost(outage: Lost, facts: LetterFacts): Letter {
  const { sinceMs, receiver, reason, foundMs } = outage;
  const lines = [
    `Receiver ${cleanText(receiver)} has not been reachable from node ${facts.node} since ${formatMoment(sinceMs)}.`,
    '',
    `Node:    ${facts.node} (${cleanText(hostname(), 64)})`,
    `Reason:  ${cleanText(reason ?? 'no answer')}`,
    `Told:    after ${formatDuration(facts.lostAfterMs)} without a receiver`,
    '',
    'The node goes on sampling; its log waits there and is sent when the receiver is back. While the receiver is away it ' +
      'sends no alerts: nobody is told of lost nodes or full disks.',
    'If only this node tells so, the network between the two is the likely cause; if several do, the receiver or its link.',
  ];
  return { ...commonOf(facts), ...part(outage.id, 'lost', facts), ...text(lines), dateMs: foundMs };
}

/** The letter that says that there is one again. */
export function composeBack(outage: Back, facts: LetterFacts): Letter {
  const { sinceMs, backMs, receiver, id } = outage;
  const lines = [
    `Receiver ${cleanText(receiver)} is reachable from node ${facts.node} again, after ${formatDuration(backMs - sinceMs)}.`,
    '',
    `Away:    since ${formatMoment(sinceMs)}`,
    `Back:    ${formatMoment(backMs)}`,
    '',
    'What the node has kept is being sent.',
  ];
  const references = [part(id, 'lost', facts).messageId];
  return { ...commonOf(facts), ...part(id, 'back', facts), ...text(lines), dateMs: backMs, references };
}

/** The subject is that of the thread: some mail programs go by it alone. */
function commonOf({ node, to }: LetterFacts): Pick<Letter, 'subject' | 'to' | 'references'> {
  return { subject: `[fleetkeep] node ${node}: the receiver is not reachable`, to, references: [] };
}

function part(id: string, what: 'lost' | 'back', { domain }: LetterFacts): Pick<Letter, 'messageId'> {
  return { messageId: `<receiver-${what}-${id}@${domain}>` };
}

function text(lines: readonly string[]): Pick<Letter, 'text'> {
  return { text: `${lines.join('\n')}\n` };
}
