import type { Life } from './admission/life-store.ts';
import type { TwinMachines } from './admission/twins.ts';
import type { Problem } from './alerts/alerts.ts';

/** Two machines connect with the credential of one node. */
export function describeTwins({ node, older, younger }: TwinMachines): Problem {
  const isAble = younger.instance !== undefined;
  return {
    key: `twins ${node}`,
    node,
    severity: 'critical',
    title: `two machines connect as node ${node}`,
    detail:
      `${describeLife(older)} and ${describeLife(younger)} have the same credential: the data directory of one is a copy of the ` +
      `other's, as in a cloned virtual machine or a copied card. The first of the two was seen earlier and stays node ${node}. ` +
      (isAble
        ? 'The second joins as a node of its own, under a name of its own; its log so far is set aside there, whole. If it is ' +
          'refused, because it is the sixth copy in an hour or a copy of a copy, move its data directory away and let it join with ' +
          'a code of fleetkeep-receiver join-code.'
        : 'The second is refused: its version of Fleetkeep cannot become a node of its own. Move its data directory away ' +
          'and let it join with a code of fleetkeep-receiver join-code.') +
      `\nIf you do not know one of the two, somebody has copied the credential: revoke the node, and let your machine join again.`,
  };
}

function describeLife({ hostName, address, bootId }: Life): string {
  return `${hostName} (${address}, boot ${bootId})`;
}
