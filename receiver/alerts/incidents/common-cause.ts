import { cleanText } from '../../../shared/mail/clean-text.ts';
import type { NodeRecord } from '../../fleet/node-record.ts';
import { networkOf } from './network-of.ts';

/** From this share of the nodes that were up on, it is hardly the nodes, ratio. */
const MOST_OF_FLEET = 0.6;

/** The same, where one or two nodes are most of them. */
const FEWEST_FOR_MOST = 3;

/**
 * What nodes that were lost together have in common, in sentences; the likeliest cause first. Only what tells them apart
 * counts: that all run the same version says nothing when all the others do so too.
 *
 * @param others nodes that are still up
 */
export function commonCause(lost: readonly NodeRecord[], others: readonly NodeRecord[]): readonly string[] {
  if (lost.length < 2) return [];
  return [
    ...mostOfFleet(lost, others),
    ...sharedNetwork(lost, others),
    ...sharedVersion(lost, others),
    ...sharedEnd(lost),
  ];
}

function mostOfFleet(lost: readonly NodeRecord[], others: readonly NodeRecord[]): readonly string[] {
  const wereUp = lost.length + others.length;
  if (lost.length < FEWEST_FOR_MOST || lost.length / wereUp < MOST_OF_FLEET) return [];
  const share =
    others.length === 0
      ? 'Every node that was up is'
      : `${lost.length} of the ${wereUp} nodes that were up are`;
  if (lost.every((node) => howOf(node) === 'goodbye')) {
    return [`${share} gone, and all were stopped in an orderly way: somebody or something shut them down.`];
  }
  return [
    `${share} gone at once. The likely cause is not the nodes, but the network or the link of the receiver itself.`,
  ];
}

function sharedNetwork(lost: readonly NodeRecord[], others: readonly NodeRecord[]): readonly string[] {
  const address = common(lost, others, (node) => node.address);
  if (address !== undefined) {
    return [`All came from one address, ${cleanText(address, 64)}: they share a router or a tunnel.`];
  }
  const network = common(lost, others, (node) => networkOf(node.address));
  return network === undefined ? [] : [`All are in the network ${network}, and no node there is up.`];
}

function sharedVersion(lost: readonly NodeRecord[], others: readonly NodeRecord[]): readonly string[] {
  const version = common(lost, others, (node) => node.version);
  return version === undefined || others.length === 0
    ? []
    : [`All run version ${cleanText(version, 32)} of the sender, and no node that is up does.`];
}

function sharedEnd(lost: readonly NodeRecord[]): readonly string[] {
  const how = common(lost, [], howOf);
  switch (how) {
    case 'goodbye':
      return ['All said goodbye: a shutdown, a restart or an update, no accident.'];
    case 'timed_out':
      return ['All fell silent without a word: power, or the network between.'];
    case 'reset':
    case 'closed':
      return ['All connections were ended from the other side, while the network was there to say so.'];
    default:
      return [];
  }
}

function howOf({ state }: NodeRecord): string | undefined {
  return 'end' in state ? state.end.how : undefined;
}

/** What all of the lost have, and none of the others. */
function common(
  lost: readonly NodeRecord[],
  others: readonly NodeRecord[],
  of: (node: NodeRecord) => string | undefined,
): string | undefined {
  const [first, ...rest] = lost.map(of);
  const isShared = first !== undefined && rest.every((value) => value === first);
  return isShared && !others.some((node) => of(node) === first) ? first : undefined;
}
