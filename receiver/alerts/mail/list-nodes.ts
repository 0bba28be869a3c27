import type { NodeRecord } from '../../fleet/node-record.ts';
import { describeNode } from './describe-node.ts';
import type { Block } from './document.ts';

/** Lines of a list before it ends with a number. */
const MAX_LINES = 100;

/** Names in a paragraph before it ends with a number. */
const MAX_ALL_NAMES = 100;

/** Names in a subject before it ends with a number. */
const MAX_NAMES = 5;

/** A list of nodes with something about each. */
export function listOfNodes<N extends Pick<NodeRecord, 'name' | 'hostName'>>(
  title: string,
  nodes: readonly N[],
  about: (node: N) => string,
): Block {
  const items = nodes.slice(0, MAX_LINES).map((node) => `${describeNode(node)}: ${about(node)}`);
  const left = nodes.length - items.length;
  return { kind: 'list', title: `${title}:`, items: left > 0 ? [...items, `and ${left} more`] : items };
}

/** All names in one paragraph, as many as a mail has room for. */
export function allNames(title: string, nodes: readonly Pick<NodeRecord, 'name'>[]): Block {
  const names = nodes.slice(0, MAX_ALL_NAMES).map(({ name }) => name);
  const left = nodes.length - names.length;
  return { kind: 'text', text: `${title}: ${names.join(', ')}${left > 0 ? ` and ${left} more` : ''}.` };
}

/** A few names and how many more there are, for a subject. */
export function listOfNames(nodes: readonly Pick<NodeRecord, 'name'>[]): string {
  const names = nodes.slice(0, MAX_NAMES).map((node) => node.name);
  const left = nodes.length - names.length;
  return left > 0 ? `${names.join(', ')} and ${left} more` : names.join(', ');
}
