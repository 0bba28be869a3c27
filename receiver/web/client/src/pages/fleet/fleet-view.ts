import type { NodeState } from '../../data/contract.ts';
import type { FleetView, SortKey } from './select-nodes.ts';

/** The columns, by which one can sort, and which way most people want it first. */
export const SORTS: readonly {
  readonly key: SortKey;
  readonly title: string;
  readonly startsDescending: boolean;
}[] = [
  { key: 'state', title: 'State', startsDescending: false },
  { key: 'name', title: 'Name', startsDescending: false },
  { key: 'cpu', title: 'CPU', startsDescending: true },
  { key: 'mem', title: 'Memory', startsDescending: true },
  { key: 'disk', title: 'Fullest disk', startsDescending: true },
  { key: 'temp', title: 'Hottest', startsDescending: true },
  { key: 'net', title: 'Network', startsDescending: true },
  { key: 'uptime', title: 'Uptime', startsDescending: false },
  { key: 'since', title: 'Since', startsDescending: false },
];

/** The states in the order of the buttons. */
export const STATES: readonly NodeState[] = ['up', 'late', 'down', 'unknown', 'planned-off', 'revoked'];

/** Reads the view from the address; what is not understood is as if it were not there. */
export function readView(query: Readonly<Record<string, string>>): FleetView {
  const sort = query['sort'] ?? '';
  const key = sort.replace(/^-/, '');
  return {
    filter: query['filter'] ?? '',
    state: STATES.find((state) => state === query['state']),
    sort: SORTS.find((column) => column.key === key)?.key ?? 'state',
    isDescending: sort.startsWith('-'),
    isGrouped: query['group'] === 'tag',
  };
}

/** The sort that a click on a column asks for, as it stands in the address: the other way when it is sorted by that already. */
export function sortAfterClick(view: FleetView, key: SortKey): string {
  const starts = SORTS.find((column) => column.key === key)?.startsDescending ?? false;
  const isDescending = view.sort === key ? !view.isDescending : starts;
  return `${isDescending ? '-' : ''}${key}`;
}
