import type { FleetNode, NodeState } from '../../data/contract.ts';

/** What the fleet can be sorted by. */
export type SortKey = 'state' | 'name' | 'cpu' | 'mem' | 'disk' | 'temp' | 'net' | 'uptime' | 'since';

/** How the reader wants to see the fleet. */
export interface FleetView {
  /** Words that all must occur; `state:down` and `tag:web` look there only, `-word` must not occur. */
  readonly filter: string;
  readonly state: NodeState | undefined;
  readonly sort: SortKey;
  readonly isDescending: boolean;
  readonly isGrouped: boolean;
}

/** A row of the list: a node, or the head of a group of them. */
export type FleetRow =
  | { readonly kind: 'node'; readonly key: string; readonly node: FleetNode }
  | { readonly kind: 'group'; readonly tag: string; readonly count: number; readonly troubled: number };

const STATE_ORDER: Readonly<Record<NodeState, number>> = {
  down: 0,
  late: 1,
  unknown: 2,
  up: 3,
  'planned-off': 4,
  revoked: 5,
};

const { compare: compareNames } = new Intl.Collator('en', { numeric: true });

/** Filters, sorts and groups the fleet. Nodes without a value stand last, whichever way is sorted. */
export function selectNodes(nodes: Iterable<FleetNode>, view: FleetView): readonly FleetRow[] {
  const isWanted = parseFilter(view.filter);
  const found = [...nodes].filter(
    (node) => (view.state === undefined || node.state === view.state) && isWanted(node),
  );
  found.sort(comparer(view.sort, view.isDescending));
  return view.isGrouped ? groupByTag(found) : found.map((node) => ({ kind: 'node', key: node.name, node }));
}

/** Makes a test of what stands in the filter box. */
export function parseFilter(filter: string): (node: FleetNode) => boolean {
  const tests = filter.toLowerCase().split(/\s+/).filter(Boolean).map(parseWord);
  return (node) => tests.every((test) => test(node));
}

function parseWord(word: string): (node: FleetNode) => boolean {
  if (word.length > 1 && word.startsWith('-')) {
    const test = parseWord(word.slice(1));
    return (node) => !test(node);
  }
  const [, key, rest = ''] = /^(state|tag):(.*)$/.exec(word) ?? [];
  if (key === 'state') return ({ state }) => state.includes(rest);
  if (key === 'tag') return ({ tags }) => tags.some((tag) => tag.toLowerCase().includes(rest));
  return (node) =>
    [node.name, node.hostName, node.address, node.version, ...node.tags].some((text) =>
      text.toLowerCase().includes(word),
    );
}

function comparer(sort: SortKey, isDescending: boolean): (a: FleetNode, b: FleetNode) => number {
  const sign = isDescending ? -1 : 1;
  if (sort === 'name') return (a, b) => sign * compareNames(a.name, b.name);
  return (a, b) => {
    const left = sortValue(a, sort);
    const right = sortValue(b, sort);
    if (left === right) return compareNames(a.name, b.name);
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    return sign * (left - right);
  };
}

function sortValue(node: FleetNode, sort: Exclude<SortKey, 'name'>): number | undefined {
  const values = node.latest?.values;
  switch (sort) {
    case 'state':
      return STATE_ORDER[node.state];
    case 'cpu':
      return values?.['cpu.used'];
    case 'mem':
      return values?.['mem.ratio'];
    case 'disk':
      return values?.['fs.fullest'];
    case 'temp':
      return values?.['temp.hottest'];
    case 'net':
      return values && (values['net.rx'] ?? 0) + (values['net.tx'] ?? 0);
    case 'uptime':
      return values?.['uptime'] ?? node.uptimeSeconds;
    case 'since':
      return -node.sinceMs;
    default:
      return sort satisfies never;
  }
}

/** A node with several tags stands in each of their groups; those without come last. */
function groupByTag(nodes: readonly FleetNode[]): readonly FleetRow[] {
  const groups = new Map<string, FleetNode[]>();
  for (const node of nodes) {
    for (const tag of node.tags.length > 0 ? node.tags : ['']) {
      const group = groups.get(tag);
      if (group === undefined) groups.set(tag, [node]);
      else group.push(node);
    }
  }
  const tags = [...groups.keys()].sort((a, b) => Number(a === '') - Number(b === '') || compareNames(a, b));
  return tags.flatMap((tag) => {
    const group = groups.get(tag) ?? [];
    const troubled = group.filter(({ state }) => state === 'down' || state === 'late').length;
    const head: FleetRow = { kind: 'group', tag, count: group.length, troubled };
    return [head, ...group.map((node): FleetRow => ({ kind: 'node', key: `${tag}/${node.name}`, node }))];
  });
}
