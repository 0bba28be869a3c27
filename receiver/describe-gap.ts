import { formatBytes } from '../shared/cli/format.ts';
import type { NodeName } from '../shared/names/node-name.ts';
import type { Problem } from './alerts/alerts.ts';
import type { LogGap } from './ingest/pass-over-lost.ts';

/** What the administrator is told of a part of a node's log that is lost. */
export function describeGap(node: NodeName, gap: LogGap): Problem {
  const { from, to, keptBytes, lostBytes, since, until, reason } = gap;
  const which = from === to ? `segment ${from}` : `segments ${from} to ${to}`;
  const bytes = lostBytes === undefined ? 'An unknown number of bytes' : formatBytes(lostBytes);
  const span = since === undefined || until === undefined ? '' : `, lines from ${since} to ${until},`;
  const kept =
    keptBytes === 0
      ? 'Nothing of it had come here before.'
      : `The first ${formatBytes(keptBytes)} of segment ${from} are here; the copy ends there and is marked short.`;
  return {
    key: `gap ${node} ${from}`,
    node,
    severity: 'critical',
    title: `node ${node} has lost a part of its log: ${which}`,
    detail:
      `${bytes} of ${which}${span} cannot be had from node ${node}: ${reason ?? 'it does not have them any more'}. ` +
      `${kept} What was written later comes as always.\n` +
      'Where a file was damaged it is kept on the node, beside the others of its log, as ….aside; the disk of the node may be failing.',
  };
}
