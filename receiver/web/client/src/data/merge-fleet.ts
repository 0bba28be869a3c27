import type { Column, FleetEvent, FleetNode } from './contract.ts';

const MINUTE_MS = 60_000;

/** The fleet after an event. */
export interface MergedFleet {
  readonly merged: ReadonlyMap<string, FleetNode>;
  /** Whether the event told of a node that is not in the fleet; it is not in the result either. */
  readonly hasStranger: boolean;
}

/** Puts news into the fleet. Nodes that the event does not name stay the same objects, so that their rows are not drawn again. */
export function mergeFleet(fleet: ReadonlyMap<string, FleetNode>, event: FleetEvent): MergedFleet {
  const merged = new Map(fleet);
  let hasStranger = false;
  for (const news of event.nodes) {
    const node = merged.get(news.name);
    if (node === undefined) hasStranger = true;
    else merged.set(news.name, { ...node, ...news, sparklines: moveSparklines(node, news.latest) });
  }
  return { merged, hasStranger };
}

/** Moves the sparklines on when a minute has passed, so that the fleet need not be read again for them. */
function moveSparklines(node: FleetNode, latest: FleetNode['latest']): FleetNode['sparklines'] {
  if (latest === null || node.latest === null) return node.sparklines;
  const minutes = Math.floor(latest.atMs / MINUTE_MS) - Math.floor(node.latest.atMs / MINUTE_MS);
  if (minutes <= 0) return node.sparklines;
  const moved: Record<string, Column> = {};
  for (const [name, column] of Object.entries(node.sparklines)) {
    const missing = new Array<null>(Math.min(minutes - 1, column.length)).fill(null);
    const added = [...column, ...missing, latest.values[name] ?? null];
    moved[name] = added.slice(-column.length);
  }
  return moved;
}
