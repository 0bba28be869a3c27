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
  { title: 'LOG' },
  { title: 'SEGMENT', align: 'right' },
  { title: 'OFFSET', align: 'right' },
  { title: 'NOTE' },
] as const;

/** The table of nodes that `nodes` and `status` print. */
export function renderNodes(nodes: readonly NodeStatus[], nowMs: number): string {
  const rows = nodes.map((node) => [
    node.node,
    node.state,
    formatRelative(Date.parse(node.since), nowMs),
    node.last_seen === null ? '' : formatRelative(Date.parse(node.last_seen), nowMs),
    node.host_name ?? '',
    node.address ?? '',
    node.version ?? '',
    node.log ?? '',
    String(node.segment ?? ''),
    String(node.offset ?? ''),
    node.note ?? '',
  ]);
  return formatTable(COLUMNS, rows);
}
