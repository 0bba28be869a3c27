import type { FleetNode } from '../../data/contract.ts';
import { type FleetRow, type FleetView, selectNodes } from './select-nodes.ts';

/** Rows, and what they were chosen from. */
export interface CalmRows {
  readonly rows: readonly FleetRow[];
  readonly view: FleetView;
  /** Names and states in the order of the fleet: when these change, so do the rows. */
  readonly signature: string;
  /** When the order was made, ms of any clock. */
  readonly sortedMs: number;
}

const CALM_MS = 5000;

/**
 * Chooses and sorts the rows. Values change every second; the order follows them every five seconds only, so that a row does not
 * leave from under the pointer. Where a state, the filter or the sort changes, it follows at once.
 */
export function calmRows(
  before: CalmRows | undefined,
  nodes: ReadonlyMap<string, FleetNode>,
  view: FleetView,
  nowMs: number,
): CalmRows {
  let signature = '';
  for (const { name, state } of nodes.values()) signature += `${name}\0${state}\0`;
  const isCalm = before?.view === view && before.signature === signature && nowMs - before.sortedMs < CALM_MS;
  if (!isCalm) return { rows: selectNodes(nodes.values(), view), view, signature, sortedMs: nowMs };
  return { ...before, rows: before.rows.map((row) => refresh(row, nodes)) };
}

function refresh(row: FleetRow, nodes: ReadonlyMap<string, FleetNode>): FleetRow {
  const node = row.kind === 'node' ? nodes.get(row.node.name) : undefined;
  return row.kind === 'node' && node !== undefined && node !== row.node ? { ...row, node } : row;
}
