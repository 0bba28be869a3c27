import type { NodeRecord } from './node-record.ts';

const byName = new Intl.Collator('en', { numeric: true });

/** Nodes in the order in which people count: 2 before 10. */
export function sortNodes(nodes: Iterable<NodeRecord>): NodeRecord[] {
  return [...nodes].sort((a, b) => byName.compare(a.name, b.name));
}
