import { formatRelative } from '../../shared/cli/format.ts';
import { formatTable } from '../../shared/cli/table.ts';
import type { NodeStatus } from '../node-status.ts';

const COLUMNS = [
  { title: 'NODE' },
  { title: 'STATE' },
  { title: 'SINCE' },
  { title: 'LAST SEEN' },
  { title: 'HOST' },
  { title: 'ADDRESS' },
  { title: 'VERSION' },
  { title: 'SEGMENT', align: 'right' },
  { title: 'OFFSET', align: 'right' },
] as const;

/** The table of nodes that `nodes` and `status` print. */
export function renderNodes(nodes: readonly NodeStatus[], nowMs: number): string {
  const rows = nodes.map((node) => [
    node.node,
    node.state,
    formatRelative(Date.parse(node.since), nowMs),
    formatRelative(Date.parse(node.last_seen), nowMs),
    node.host_name,
    node.address,
    node.version,
    String(node.segment ?? ''),
    String(node.offset ?? ''),
  ]);
  return formatTable(COLUMNS, rows);
}
