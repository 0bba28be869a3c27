import { cleanText } from '../../../shared/mail/clean-text.ts';
import type { ConnectionEnd, NodeRecord } from '../../fleet/node-record.ts';

/** A node as people know it, e.g. `node 7 (kitchen)`; the host name is left out when it is the name. */
export function describeNode(node: Pick<NodeRecord, 'name' | 'hostName'>): string {
  const hostName = cleanText(node.hostName, 64);
  const isTheName = hostName === '' || hostName === node.name;
  return isTheName ? `node ${node.name}` : `node ${node.name} (${hostName})`;
}

/** How a connection ended, in a sentence. */
export function describeEnd(end: ConnectionEnd): string {
  const reason = end.reason === undefined ? '' : `: ${cleanText(end.reason)}`;
  return `${sentenceOf(end.how)}${reason}`;
}

function sentenceOf(how: ConnectionEnd['how']): string {
  switch (how) {
    case 'closed':
      return 'The connection was closed by the node, without a goodbye (its sender was probably killed)';
    case 'reset':
      return 'The connection was reset (the sender crashed, or something on the way cut it)';
    case 'timed_out':
      return 'The connection timed out: nothing came any more (power or network lost, or the machine hangs)';
    case 'goodbye':
      return 'The sender said goodbye: it was stopped in an orderly way';
    case 'refused':
      return 'The receiver ended the connection';
    case 'error':
      return 'The connection ended by a fault of the receiver';
    case 'receiver_away':
      return 'Not known: it went away while the receiver itself was not running, and did not come back since';
    case 'planned_off':
      return 'It was planned to be off, but did not come back when that was over';
    default:
      return how satisfies never;
  }
}
